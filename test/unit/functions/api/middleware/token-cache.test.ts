import { describe, expect, it, vi } from 'vitest';
import { createTokenCache } from '../../../../../functions/api/middleware/token-cache.ts';
import { CloudUnavailableError } from '../../../../../lib/errors/cloud.ts';

const identity = (expiresAt: string) => ({
  userId: 'u',
  projectId: 'p',
  projectDomainId: null,
  roles: ['member'],
  expiresAt,
  systemScope: false,
});

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

const cacheOf = (answer: () => Promise<ReturnType<typeof identity> | null>, seconds = 60) => {
  const clock = { now: START };
  const validateToken = vi.fn(answer);
  const cache = createTokenCache({ identity: () => ({ validateToken }), seconds, now: () => clock.now });
  return { cache, clock, validateToken };
};

describe('the token cache', () => {
  it('asks once while a token is trusted, and again afterwards', async () => {
    const { cache, clock, validateToken } = cacheOf(async () => identity(at(3600)));
    await cache.validate('t');
    clock.now += 59_000;
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(1);
    clock.now += 1_000;
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(2);
  });

  it('does not trust a token beyond its own end', async () => {
    const { cache, clock, validateToken } = cacheOf(async () => identity(at(10)));
    await cache.validate('t');
    clock.now += 10_000;
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(2);
  });

  it('asks about a token that is none as seldom as about a valid one', async () => {
    const { cache, clock, validateToken } = cacheOf(async () => null);
    expect(await cache.validate('t')).toBeNull();
    clock.now += 59_000;
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(1);
    clock.now += 1_000;
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(2);
  });

  it('lets a revoked token end within the time it trusts', async () => {
    const answers = [identity(at(3600)), null];
    const { cache, clock } = cacheOf(async () => answers.shift() ?? null);
    expect(await cache.validate('t')).toMatchObject({ userId: 'u' });
    clock.now += 60_000;
    expect(await cache.validate('t')).toBeNull();
    clock.now += 1_000;
    expect(await cache.validate('t')).toBeNull();
  });

  it('is not emptied by words that are no tokens', async () => {
    const { cache, validateToken } = cacheOf(async () =>
      validateToken.mock.calls.length === 1 ? identity(at(3600)) : null,
    );
    await cache.validate('t');
    for (let word = 0; word < 6_000; word += 1) await cache.validate(`word ${word}`);
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(6_001);
  });

  it('trusts a token that has ended for services only, each for the same time', async () => {
    const asked: boolean[] = [];
    const clock = { now: START };
    const validateToken = async (_token: string, { allowExpired = false } = {}) => {
      asked.push(allowExpired);
      return allowExpired ? identity(at(-10)) : null;
    };
    const cache = createTokenCache({ identity: () => ({ validateToken }), seconds: 60, now: () => clock.now });
    expect(await cache.validate('t')).toBeNull();
    expect(await cache.validate('t', { allowExpired: true })).toMatchObject({ userId: 'u' });
    clock.now += 59_000;
    expect(await cache.validate('t', { allowExpired: true })).toMatchObject({ userId: 'u' });
    expect(await cache.validate('t')).toBeNull();
    expect(asked).toEqual([false, true]);
  });

  it('asks once for many requests at the same time, and once for each token', async () => {
    const { cache, validateToken } = cacheOf(async () => identity(at(3600)));
    await Promise.all([...Array.from({ length: 20 }, () => cache.validate('t')), cache.validate('other')]);
    expect(validateToken).toHaveBeenCalledTimes(2);
  });

  it('does not remember that the identity service was away', async () => {
    const answers = [Promise.reject(new CloudUnavailableError('away')), Promise.resolve(identity(at(3600)))];
    const { cache } = cacheOf(() => answers.shift() ?? Promise.resolve(null));
    await expect(cache.validate('t')).rejects.toThrow('away');
    expect(await cache.validate('t')).toMatchObject({ userId: 'u' });
  });

  it('asks every time when nothing is to be trusted', async () => {
    const { cache, validateToken } = cacheOf(async () => identity(at(3600)), 0);
    await cache.validate('t');
    await cache.validate('t');
    expect(validateToken).toHaveBeenCalledTimes(2);
  });
});
