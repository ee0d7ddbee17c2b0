import { describe, expect, it } from 'vitest';
import type { Token } from '../../../../../../lib/openstack/identity/tokens/issue-token.ts';
import { tokenKeeper } from '../../../../../../lib/openstack/identity/tokens/token-keeper.ts';

const issuer = (lifetime: number) => {
  let issued = 0;
  return {
    count: () => issued,
    issue: async (): Promise<Token> => {
      issued += 1;
      return { id: `t${issued}`, expiresAt: Date.now() + lifetime, userId: 'u', projectId: null, catalog: [] };
    },
  };
};

describe('tokenKeeper', () => {
  it('makes one token for all callers', async () => {
    const { issue, count } = issuer(3_600_000);
    const keeper = tokenKeeper(issue);
    const [first, second] = await Promise.all([keeper.current(), keeper.current()]);
    expect(first).toBe(second);
    expect(await keeper.current()).toBe(first);
    expect(count()).toBe(1);
  });

  it('replaces a refused token once, however many callers were refused', async () => {
    const { issue, count } = issuer(3_600_000);
    const keeper = tokenKeeper(issue);
    const refused = await keeper.current();
    const [one, two] = await Promise.all([keeper.replace(refused), keeper.replace(refused)]);
    expect(one.id).toBe('t2');
    expect(two).toBe(one);
    expect(await keeper.replace(refused)).toBe(one);
    expect(count()).toBe(2);
  });

  it('renews before the end', async () => {
    const { issue, count } = issuer(119_000);
    const keeper = tokenKeeper(issue);
    await keeper.current();
    await keeper.current();
    expect(count()).toBe(2);
  });

  it('tries again after a failed sign-in', async () => {
    const { issue } = issuer(3_600_000);
    let failed = false;
    const keeper = tokenKeeper(async () => {
      if (failed) return issue();
      failed = true;
      throw new Error('down');
    });
    await expect(Promise.all([keeper.current(), keeper.current()])).rejects.toThrow('down');
    expect((await keeper.current()).id).toBe('t1');
  });
});
