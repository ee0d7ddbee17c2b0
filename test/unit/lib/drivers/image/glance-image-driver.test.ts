import { afterEach, describe, expect, it } from 'vitest';
import { glanceImageDriver } from '../../../../../lib/drivers/image/glance-image-driver.ts';
import { closeFakeClouds, givenCloud } from '../../openstack/fake-cloud.ts';

const answers = (...ids: string[]) => ({ status: 200, body: { images: ids.map((id) => ({ id })) } });
const images = 'GET /image/v2/images';

describe('glance image driver', () => {
  afterEach(closeFakeClouds);

  it('asks for the newest active image of the owner', async () => {
    const cloud = await givenCloud({ [images]: [answers('i')] });
    const driver = glanceImageDriver(cloud.session);
    expect(await driver.findImageByTag('amphora', 'me')).toBe('i');
    expect(await driver.findImageByTag('amphora', null)).toBe('i');
    const query = '/image/v2/images?tag=amphora&status=active&sort=created_at:desc&limit=1';
    expect(cloud.asked.map(({ url }) => url)).toEqual([`${query}&owner=me`, query]);
  });

  it('fails by name when there is none', async () => {
    const cloud = await givenCloud({ [images]: [answers()] });
    await expect(glanceImageDriver(cloud.session).findImageByTag('amphora', 'me')).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: 'No active image with tag amphora and owner me.',
    });
  });
});
