import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { type Life, type Lives, MEMBER, openLives } from './dependencies/life.ts';
import { signalAgent } from './dependencies/services.ts';
import { createStage } from './dependencies/stage.ts';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { useRealStack } from './real-stack.ts';

/** An agent that answers does so within some seconds. */
const READ_TIMEOUT_MS = 6_000;
/** Shorter than that. */
const SILENCE_MS = 3_000;

const made = z.record(z.string(), z.looseObject({ id: z.string() }));

inRecipe.describe('an amphora whose agent takes connections and answers none', () => {
  const stage = createStage();
  const real = useRealStack(
    { AMPHORA_READ_TIMEOUT_MS: String(READ_TIMEOUT_MS), AMPHORA_CONNECT_TIMEOUT_MS: '2000' },
    { aroundTask: stage.aroundTask },
  );
  let lives: Lives;
  let pairFlavor = '';
  beforeAll(async () => {
    lives = await openLives(real(), stage);
    const operator = await real().as('admin');
    const post = async (path: string, body: object) => {
      const answer = await operator.call('POST', `/v2.0/lbaas/${path}`, body);
      return Object.values(made.parse(answer.body))[0]?.id ?? '';
    };
    const flavor_data = JSON.stringify({ loadbalancer_topology: 'ACTIVE_STANDBY' });
    const flavorprofile = { name: 'pair', provider_name: 'amphora', flavor_data };
    const flavor_profile_id = await post('flavorprofiles', { flavorprofile });
    pairFlavor = await post('flavors', { flavor: { name: 'pair', flavor_profile_id, enabled: true } });
  });

  const silence = async (life: Life, which = 0): Promise<string> => {
    const server = (await life.servers())[which] ?? '';
    await signalAgent(real().facts, server, 'STOP');
    return server;
  };
  /** One whose agent stops answering when the VIP is to be plugged, for so long or for ever. */
  const createSilent = async (forMs: number | null) => {
    const known = Promise.withResolvers<Life>();
    let silenced: Promise<void> | null = null;
    const goSilent = async (): Promise<void> => {
      const server = await silence(await known.promise);
      if (forMs !== null) void wait(forMs).then(() => signalAgent(real().facts, server, 'CONT'));
    };
    const { life, rest } = await lives.begin({}, async (state) => {
      if (state !== 'PlugVIPAmphora') return;
      silenced ??= goSilent();
      await silenced;
    });
    known.resolve(life);
    return { life, rest };
  };
  const timed = async <T>(what: string, act: Promise<T>): Promise<T> => {
    const begun = Date.now();
    const result = await act;
    console.log(`agent frozen, ${what}: settled after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    return result;
  };
  const has = async (server: string): Promise<boolean> =>
    await recipe(real().facts, 'vm/vm-ctl', 'exec', server, 'grep', '-rq', MEMBER, '/var/lib/octavia').then(
      () => true,
      () => false,
    );

  it.concurrent('for a moment: a create waits for it', async ({ expect: check }) => {
    const { life, rest } = await createSilent(SILENCE_MS);
    try {
      check(await timed('create, for a moment', rest)).toBe('ACTIVE');
      check(await life.failures()).toEqual([]);
    } finally {
      await life.discard();
    }
  });

  it.concurrent('for ever: a create ends in ERROR with its name, leaves nothing, and can be deleted', async ({
    expect: check,
  }) => {
    const { life, rest } = await createSilent(null);
    try {
      check(await timed('create, for ever', rest)).toBe('ERROR');
      check(await life.failures()).toEqual([
        expect.stringMatching(/at PlugVIPAmphora: AmphoraSilentError: Amphora .* READ_TIMEOUT/),
      ]);
      check(await life.problems()).toEqual([]);
      check(await life.servers()).toEqual([]);
      check(await life.remove()).toBeNull();
    } finally {
      await life.discard();
    }
  });

  it.concurrent('of one: a change fails with its reason, a failover replaces it, and a delete needs no agent', async ({
    expect: check,
  }) => {
    const { life, status } = await lives.create();
    try {
      check(status).toBe('ACTIVE');
      await silence(life);
      check(await timed('member of a single one', life.toggleMember())).toBe('ACTIVE');
      check(await life.failures()).toEqual([expect.stringContaining('AmphoraUnreachableError: No amphora')]);
      check(await timed('failover of a single one', life.failover())).toBe('ACTIVE');
      check(await life.problems()).toEqual([]);
      await silence(life);
      check(await timed('delete of a single one', life.remove())).toBeNull();
      check(await life.problems()).toEqual([]);
    } finally {
      await life.discard();
    }
  });

  it.concurrent('of one of two: the other has the change, and nothing waits for the frozen one', async ({
    expect: check,
  }) => {
    const { life, status } = await lives.create({ flavor_id: pairFlavor });
    try {
      check(status).toBe('ACTIVE');
      const [, other = ''] = await life.servers();
      const silent = await silence(life);
      check(await timed('member of a pair', life.toggleMember())).toBe('ACTIVE');
      check(await life.failures()).toEqual([]);
      check([await has(silent), await has(other)]).toEqual([false, true]);
      check(await timed('failover of a pair', life.failover())).toBe('ACTIVE');
      check(await life.problems()).toEqual([]);
      const servers = await life.servers();
      check(await Promise.all(servers.map(has))).toEqual([true, true]);
      await silence(life);
      check(await timed('delete of a pair', life.remove())).toBeNull();
    } finally {
      await life.discard();
    }
  });
});
