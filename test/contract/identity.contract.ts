import { describe, expect, it } from 'vitest';
import { CloudSignInError } from '../../lib/errors/cloud.ts';
import { type CloudUnderContract, CONTRACT_TIMEOUT } from './cloud-under-contract.ts';
import { thrownBy } from './helpers.ts';

/** What every cloud's identity service must do for the worker. */
export const describeIdentityContract = (
  getCloud: () => CloudUnderContract,
  /** A second sign-in: answers a token, or throws; wrong credentials when told. */
  signIn: (options: { readonly wrongPassword: boolean }) => Promise<string>,
): void => {
  describe('identity contract', { timeout: CONTRACT_TIMEOUT }, () => {
    it('returns the identity of the worker', async () => {
      const { session, facts } = getCloud();
      expect(await session.whoami()).toEqual({ userId: expect.any(String), projectId: facts.projectId });
    });

    it('signs in once for many callers', async () => {
      const { session } = getCloud();
      const users = await Promise.all(Array.from({ length: 5 }, () => session.whoami()));
      expect(new Set(users.map(({ userId }) => userId)).size).toBe(1);
    });

    it('answers the bearer of a valid token', async () => {
      const { identity, session, facts } = getCloud();
      const { userId } = await session.whoami();
      const valid = await identity.validateToken(await signIn({ wrongPassword: false }));
      expect(valid).toMatchObject({ userId, projectId: facts.projectId, systemScope: false });
      expect(valid?.projectDomainId).toEqual(expect.any(String));
      expect(valid?.roles.length).toBeGreaterThan(0);
      expect(Date.parse(valid?.expiresAt ?? '')).toBeGreaterThan(Date.now());
    });

    it('answers null for an unknown token', async () => {
      const { identity } = getCloud();
      expect(await identity.validateToken('gAAAAABnobodyhasthisone')).toBeNull();
      expect(await identity.validateToken('')).toBeNull();
    });

    it('refuses a wrong password by name', async () => {
      expect(await thrownBy(signIn({ wrongPassword: true }))).toBeInstanceOf(CloudSignInError);
    });

    it('knows which projects exist', async () => {
      const { identity, facts } = getCloud();
      expect(await identity.projectExists(facts.projectId)).toBe(true);
      expect(await identity.projectExists('00000000000000000000000000000000')).toBe(false);
    });
  });
};
