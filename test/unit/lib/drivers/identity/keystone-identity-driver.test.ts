import { afterEach, describe, expect, it } from 'vitest';
import { keystoneIdentityDriver } from '../../../../../lib/drivers/identity/keystone-identity-driver.ts';
import { closeFakeClouds, givenCloud } from '../../openstack/fake-cloud.ts';

const validate = 'GET /v3/auth/tokens';
const token = {
  expires_at: '2026-01-02T00:00:00.000000Z',
  user: { id: 'u' },
  project: { id: 'p', domain: { id: 'd' } },
  roles: [{ name: 'member' }, { name: 'load-balancer_member' }],
};

describe('keystone identity driver', () => {
  afterEach(closeFakeClouds);

  it('answers the bearer of a token, asked with the token of the worker', async () => {
    const cloud = await givenCloud({ [validate]: [{ status: 200, body: { token } }] });
    expect(await keystoneIdentityDriver(cloud.session).validateToken('theirs')).toEqual({
      userId: 'u',
      projectId: 'p',
      projectDomainId: 'd',
      roles: ['member', 'load-balancer_member'],
      expiresAt: token.expires_at,
      systemScope: false,
    });
    expect(cloud.asked[0]?.headers).toMatchObject({ 'x-subject-token': 'theirs', 'x-auth-token': 'token-1' });
  });

  it('knows a token for the whole system', async () => {
    const { project: _, ...rest } = token;
    const body = { token: { ...rest, system: { all: true } } };
    const cloud = await givenCloud({ [validate]: [{ status: 200, body }] });
    const valid = await keystoneIdentityDriver(cloud.session).validateToken('theirs');
    expect(valid).toMatchObject({ projectId: null, projectDomainId: null, systemScope: true });
  });

  it('asks for tokens that have ended only when they are wanted', async () => {
    const cloud = await givenCloud({ [validate]: [{ status: 404 }, { status: 200, body: { token } }] });
    const driver = keystoneIdentityDriver(cloud.session);
    expect(await driver.validateToken('theirs')).toBeNull();
    expect(await driver.validateToken('theirs', { allowExpired: true })).toMatchObject({ userId: 'u' });
    expect(cloud.asked.map(({ url }) => new URL(url, 'http://keystone').searchParams.get('allow_expired'))).toEqual([
      null,
      '1',
    ]);
  });

  it('answers null for a token Keystone does not know, and for what can be none', async () => {
    const cloud = await givenCloud({ [validate]: [{ status: 404 }] });
    const driver = keystoneIdentityDriver(cloud.session);
    expect(await driver.validateToken('theirs')).toBeNull();
    for (const none of ['', 'two words', 'a\r\nx-evil: 1', 'x'.repeat(8193)]) {
      expect(await driver.validateToken(none)).toBeNull();
    }
    expect(cloud.asked).toHaveLength(1);
  });

  it('does not take trouble for an unknown token', async () => {
    const busy = { status: 503, headers: { 'retry-after': '60' } };
    const cloud = await givenCloud({ [validate]: [busy, { status: 401 }] });
    const driver = keystoneIdentityDriver(cloud.session);
    await expect(driver.validateToken('theirs')).rejects.toMatchObject({ name: 'CloudUnavailableError' });
    await expect(driver.validateToken('theirs')).rejects.toMatchObject({ name: 'CloudCredentialsError' });
  });

  it('knows which projects exist', async () => {
    const cloud = await givenCloud({
      'GET /v3/projects/yes': [{ status: 200 }],
      'GET /v3/projects/no': [{ status: 404 }],
    });
    const driver = keystoneIdentityDriver(cloud.session);
    expect(await driver.projectExists('yes')).toBe(true);
    expect(await driver.projectExists('no')).toBe(false);
  });
});
