import { describe, expect, it } from 'vitest';
import { byToken } from '../../../../../functions/api/middleware/authenticate.ts';
import { createTokenCache } from '../../../../../functions/api/middleware/token-cache.ts';

const bearer = (userId: string, roles: readonly string[]) => ({
  userId,
  projectId: 'p',
  projectDomainId: null,
  roles,
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  systemScope: false,
});

const KNOWN = {
  user: bearer('user', ['member']),
  ended: bearer('ended', ['member']),
  service: bearer('service', ['service']),
  admin: bearer('admin', ['admin']),
};

const authenticate = byToken(
  createTokenCache({
    identity: () => ({
      validateToken: async (token, { allowExpired = false } = {}) => {
        const found = Object.entries(KNOWN).find(([name]) => name === token)?.[1] ?? null;
        return token === 'ended' && !allowExpired ? null : found;
      },
    }),
    seconds: 60,
  }),
  () => ['service'],
);

const by = (headers: Readonly<Record<string, string>>) =>
  authenticate({
    rawPath: '/',
    rawQueryString: '',
    headers,
    isBase64Encoded: false,
    requestContext: { http: { method: 'GET' } },
  });

describe('a caller', () => {
  it('is the bearer of the token, whichever service calls for them', async () => {
    expect(await by({ 'x-auth-token': 'user' })).toMatchObject({ userId: 'user', serviceToken: null });
    const forUser = await by({ 'x-auth-token': 'user', 'x-service-token': 'service' });
    expect(forUser).toMatchObject({ userId: 'user', roles: ['member'], serviceToken: 'service' });
  });

  it('is null without a valid token, or with a service token that is not valid', async () => {
    expect(await by({})).toBeNull();
    expect(await by({ 'x-auth-token': 'other' })).toBeNull();
    expect(await by({ 'x-service-token': 'service' })).toBeNull();
    expect(await by({ 'x-auth-token': 'user', 'x-service-token': 'other' })).toBeNull();
  });

  it('may have a token that has ended when a service calls for them', async () => {
    expect(await by({ 'x-auth-token': 'ended' })).toBeNull();
    expect(await by({ 'x-auth-token': 'ended', 'x-service-token': 'admin' })).toBeNull();
    expect(await by({ 'x-auth-token': 'ended', 'x-service-token': 'service' })).toMatchObject({ userId: 'ended' });
  });
});
