import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { openBusyTable } from '../faults/busy-table.ts';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';

/*
 * Everything is a fiftieth of what it is in a deployment, so that the proportions are real:
 *
 *                                               deployed     here
 *   the table takes no request                      30 s   600 ms
 *   one request of a handler is tried for        12 s     240 ms, so that a step fails at least twice
 *   a step is tried again, with pauses of up to   8 s     160 ms, 8 times
 */
const SECOND_MS = 20;
const SCALE = 1000 / SECOND_MS;
const THROTTLED_MS = 30 * SECOND_MS;

vi.doMock('../../lib/repositories/table/retries.ts', async (load) => {
  const real = await load<typeof import('../../lib/repositories/table/retries.ts')>();
  type Token = Awaited<ReturnType<typeof real.eachForItself.refreshRetryTokenForRetry>>;
  const times = new WeakMap<Token, { readonly firstAt: number; readonly lastAt: number }>();
  const started = (token: Token, firstAt: number, lastAt: number): Token => {
    times.set(token, { firstAt, lastAt });
    return token;
  };
  const eachForItself: typeof real.eachForItself = {
    ...real.eachForItself,
    acquireInitialRetryToken: async (scope) =>
      started(await real.eachForItself.acquireInitialRetryToken(scope), performance.now(), performance.now()),
    refreshRetryTokenForRetry: async (token, info) => {
      const now = performance.now();
      const { firstAt, lastAt } = times.get(token) ?? { firstAt: now, lastAt: now };
      // Its age, as the deployed client would see it.
      const aged = Object.assign({}, token, {
        firstAt: now - (now - firstAt) * SCALE,
        lastAt: now - (now - lastAt) * SCALE,
      });
      const next = await real.eachForItself.refreshRetryTokenForRetry(aged, info);
      const delay = next.getRetryDelay() / SCALE;
      return started(Object.assign({}, next, { getRetryDelay: () => delay }), firstAt, now + delay);
    },
  };
  return { ...real, eachForItself };
});
afterAll(() => vi.doUnmock('../../lib/repositories/table/retries.ts'));

const table = await openBusyTable(30);
afterAll(table.stop);

/** The state whose next run begins the outage, and how that ended. */
let armed: string | null = null;
let outage: Promise<number> = Promise.resolve(0);
const attempts = new Map<string, number>();

const stack = useStack({
  secondMs: SECOND_MS,
  dynamodbEndpoint: table.endpoint,
  aroundTask: async ({ state }, run) => {
    if (state === armed) {
      armed = null;
      table.refused();
      table.refuse(1);
      outage = wait(THROTTLED_MS).then(async () => {
        // On a busy machine the first try may take longer.
        await vi.waitUntil(() => (attempts.get(state) ?? 0) > 1, 10_000);
        table.refuse(0);
        return table.refused();
      });
    }
    attempts.set(state, (attempts.get(state) ?? 0) + 1);
    return await run();
  },
});

/** Waits out an outage that the next run of the state begins. @returns how often the table refused a request, and the flow tried the state */
const throttled = async (state: string, work: () => Promise<unknown>) => {
  attempts.clear();
  armed = state;
  await work();
  await vi.waitUntil(() => armed === null, 10_000);
  return { refusals: await outage, tries: attempts.get(state) ?? 0 };
};

const waitedOut = { refusals: expect.toSatisfy((count) => count > 5), tries: expect.toSatisfy((count) => count > 1) };

test('half a minute in which the table takes no request is waited out by flows in progress, and nothing is in ERROR', async () => {
  const alice = await tenant(stack());
  const vip_subnet_id = stack().cloud?.facts.vipSubnetId;
  const listen = async (loadbalancer_id: string) => {
    const listener = { loadbalancer_id, name: 'web', protocol: 'HTTP', protocol_port: 80 };
    expect((await alice.call('POST', '/v2.0/lbaas/listeners', { listener })).status).toBe(201);
  };
  const remove = (id: string) => alice.call('DELETE', `/v2.0/lbaas/loadbalancers/${id}?cascade=true`);
  // Once without an outage: functions are loaded when they run first, which takes as long as one.
  const former = await alice.create({ vip_subnet_id });
  await alice.settled(former.id);
  await listen(former.id);
  await alice.settled(former.id);
  await remove(former.id);
  expect(await alice.settled(former.id)).toBeNull();

  let id = '';
  const create = async () => {
    ({ id } = await alice.create({ vip_subnet_id }));
  };
  expect(await throttled('ComputeCreate', create)).toMatchObject(waitedOut);
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });

  expect(await throttled('ListenersUpdate', () => listen(id))).toMatchObject(waitedOut);
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  const { body } = await alice.call('GET', '/v2.0/lbaas/listeners');
  expect(body).toMatchObject({ listeners: [{ name: 'web', provisioning_status: 'ACTIVE' }] });

  expect(await throttled('MarkLBDeletedInDB', () => remove(id))).toMatchObject(waitedOut);
  expect(await alice.settled(id)).toBeNull();
});
