import { afterEach, describe, expect, it } from 'vitest';
import { getContainer } from '../../../../../lib/openstack/key-manager/containers/requests.ts';
import { idOfReference, isContainerReference } from '../../../../../lib/openstack/key-manager/reference.ts';
import { getSecret, getSecretPayload } from '../../../../../lib/openstack/key-manager/secrets/requests.ts';
import { closeFakeClouds, givenCloud } from '../fake-cloud.ts';

const ID = '8f1ad1f6-6d1f-4b5c-8c0e-0123456789ab';
const SECRET = `http://elsewhere:9311/v1/secrets/${ID}`;
const CONTAINER = `http://elsewhere:9311/v1/containers/${ID}`;
const AT = '/key-manager/v1';

describe('idOfReference', () => {
  it('takes the id out of a reference', () => {
    expect(idOfReference(SECRET, 'secrets')).toBe(ID);
    expect(idOfReference(`${CONTAINER}/`, 'containers')).toBe(ID);
    expect(isContainerReference(CONTAINER)).toBe(true);
    expect(isContainerReference(SECRET)).toBe(false);
  });

  it.each([CONTAINER, ID, 'http://x/v1/secrets/../containers', `${SECRET}/payload`, ''])(
    'refuses %s for a secret',
    (reference) => {
      expect(() => idOfReference(reference, 'secrets')).toThrow(expect.objectContaining({ field: 'secret_ref' }));
    },
  );
});

describe('key manager', () => {
  afterEach(closeFakeClouds);

  it('reads a secret and its payload from the catalog key manager, whatever host the reference names', async () => {
    const cloud = await givenCloud({
      [`GET ${AT}/secrets/${ID}`]: [
        { status: 200, body: { status: 'ACTIVE', content_types: { default: 'text/plain' } } },
      ],
      [`GET ${AT}/secrets/${ID}/payload`]: [{ status: 200, body: 'PEM' }],
    });
    expect((await getSecret(cloud.session, SECRET)).content_types?.default).toBe('text/plain');
    expect(new TextDecoder().decode(await getSecretPayload(cloud.session, SECRET, 'text/plain'))).toBe('PEM');
    expect(cloud.asked.map(({ headers }) => headers.accept)).toEqual(['application/json', 'text/plain']);
  });

  it('reads a container', async () => {
    const secret_refs = [{ name: 'certificate', secret_ref: SECRET }];
    const body = { type: 'certificate', secret_refs };
    const cloud = await givenCloud({ [`GET ${AT}/containers/${ID}`]: [{ status: 200, body }] });
    expect(await getContainer(cloud.session, CONTAINER)).toEqual(body);
  });

  it('names a secret that is not there', async () => {
    const cloud = await givenCloud({ [`GET ${AT}/secrets/${ID}`]: [{ status: 404 }] });
    await expect(getSecret(cloud.session, SECRET)).rejects.toMatchObject({
      name: 'CloudResourceNotFoundError',
      resource: 'secret',
      resourceId: SECRET,
    });
  });
});
