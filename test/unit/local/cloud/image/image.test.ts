import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { type Caller, callerAs, testCloud } from '../helpers.ts';

describe('Glance', () => {
  let cloud: StandInCloud;
  let octavia: Caller;
  const found = async (query: string): Promise<unknown> => (await octavia('GET', `/image/v2/images?${query}`)).body;

  beforeAll(async () => {
    cloud = await testCloud();
    octavia = await callerAs(cloud, 'octavia', 'service');
  });
  afterAll(() => cloud.stop());

  it('finds images by tag, status and owner', async () => {
    const { imageTag, imageOwnerId, imageId } = cloud.facts;
    const query = `tag=${imageTag}&status=active&owner=${imageOwnerId}&sort=created_at:desc&limit=2`;
    expect(await found(query)).toMatchObject({ images: [{ id: imageId, tags: [imageTag], owner: imageOwnerId }] });
    expect(await found('tag=nope')).toMatchObject({ images: [] });
    expect(await found(`tag=${imageTag}&owner=nobody`)).toMatchObject({ images: [] });
  });

  it('refuses an unknown sort key, and hides the image from tenants', async () => {
    expect((await octavia('GET', '/image/v2/images?sort=bogus:desc')).status).toBe(400);
    const alice = await callerAs(cloud, 'alice', 'project-a');
    expect((await alice('GET', '/image/v2/images')).body).toMatchObject({ images: [] });
    expect((await alice('GET', `/image/v2/images/${cloud.facts.imageId}`)).status).toBe(404);
  });
});
