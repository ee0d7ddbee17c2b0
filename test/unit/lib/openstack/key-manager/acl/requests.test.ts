import { afterEach, describe, expect, it } from 'vitest';
import { grantReadAccess } from '../../../../../../lib/openstack/key-manager/acl/requests.ts';
import { closeFakeClouds, givenCloud } from '../../fake-cloud.ts';

const [A, B] = ['8f1ad1f6-6d1f-4b5c-8c0e-0123456789aa', '8f1ad1f6-6d1f-4b5c-8c0e-0123456789ab'];
const AT = '/key-manager/v1';
const secret = (id: string) => `http://elsewhere:9311/v1/secrets/${id}`;
const container = `http://elsewhere:9311/v1/containers/${A}`;
const acl = (users: readonly string[], projectAccess = true) => [
  { status: 200, body: { read: { users, 'project-access': projectAccess } } },
];
const written = [{ status: 200, body: { acl_ref: '' } }];

describe('grantReadAccess', () => {
  afterEach(closeFakeClouds);

  it("adds the worker with the user's token and keeps the rest", async () => {
    const path = `${AT}/secrets/${A}/acl`;
    const cloud = await givenCloud({ [`GET ${path}`]: acl(['someone'], false), [`PUT ${path}`]: written });
    await grantReadAccess(cloud.session, secret(A), 'token-of-user');
    expect(cloud.asked.map(({ method, body }) => [method, body])).toEqual([
      ['GET', undefined],
      ['PUT', { read: { users: ['someone', 'worker'], 'project-access': false } }],
    ]);
    expect(cloud.asked.map(({ headers }) => headers['x-auth-token'])).toEqual(['token-of-user', 'token-of-user']);
  });

  it('takes a secret without list for one that its project may read', async () => {
    const path = `${AT}/secrets/${A}/acl`;
    const none = [{ status: 200, body: { read: { 'project-access': true } } }];
    const cloud = await givenCloud({ [`GET ${path}`]: none, [`PUT ${path}`]: written });
    await grantReadAccess(cloud.session, secret(A), 'token-of-user');
    expect(cloud.asked[1]?.body).toEqual({ read: { users: ['worker'], 'project-access': true } });
  });

  it('writes nothing when the worker may read already', async () => {
    const cloud = await givenCloud({ [`GET ${AT}/secrets/${A}/acl`]: acl(['worker']) });
    await grantReadAccess(cloud.session, secret(A), 'token-of-user');
    expect(cloud.asked).toHaveLength(1);
  });

  it('adds the worker to a container and to each secret in it', async () => {
    const secret_refs = [A, B].map((id) => ({ name: id, secret_ref: secret(id) }));
    const paths = [`containers/${A}`, `secrets/${A}`, `secrets/${B}`].map((path) => `${AT}/${path}/acl`);
    const cloud = await givenCloud({
      [`GET ${AT}/containers/${A}`]: [{ status: 200, body: { type: 'certificate', secret_refs } }],
      ...Object.fromEntries(
        paths.flatMap((path) => [
          [`GET ${path}`, acl([])],
          [`PUT ${path}`, written],
        ]),
      ),
    });
    await grantReadAccess(cloud.session, container, 'token-of-user');
    expect(cloud.asked.filter(({ method }) => method === 'PUT').map(({ url }) => url)).toEqual(paths);
    expect(new Set(cloud.asked.map(({ headers }) => headers['x-auth-token']))).toEqual(new Set(['token-of-user']));
  });

  it.each([
    [401, 'CloudCredentialsError'],
    [403, 'CloudCredentialsError'],
    [404, 'CloudResourceNotFoundError'],
  ])("does not try a refused token of a user (%i) again with the worker's", async (status, name) => {
    const cloud = await givenCloud({ [`GET ${AT}/secrets/${A}/acl`]: [{ status }] });
    await expect(grantReadAccess(cloud.session, secret(A), 'token-of-user')).rejects.toMatchObject({ name });
    expect(cloud.asked).toHaveLength(1);
    expect(cloud.signIns()).toBe(1);
  });
});
