import { expect, test } from 'vitest';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';

/** Milliseconds that a second of a flow lasts. */
const SECOND_MS = 20;
const THROTTLED_SECONDS = 60;

/** What Lambda says when the account's concurrency is used up. */
const throttled = () => Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });

/** The state whose next run begins the minute, and when that minute ends. */
let until: number | null = null;
let armed: string | null = null;
const refused = new Set<string>();
const stack = useStack({
  secondMs: SECOND_MS,
  aroundTask: async ({ state }, run) => {
    if (state === armed) {
      armed = null;
      until = performance.now() + THROTTLED_SECONDS * SECOND_MS;
    }
    if (until !== null && performance.now() < until) {
      refused.add(state);
      throw throttled();
    }
    return await run();
  },
});

const throttleFrom = (state: string): void => {
  [armed, until] = [state, null];
  refused.clear();
};

test('a minute in which Lambda throttles everything is waited out by flows in progress', async () => {
  const alice = await tenant(stack());
  throttleFrom('ComputeCreate');
  const { id } = await alice.create({ name: 'throttled', vip_subnet_id: stack().cloud?.facts.vipSubnetId });
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  expect([...refused]).toEqual(['ComputeCreate']);

  throttleFrom('ListenersUpdate');
  const listener = { loadbalancer_id: id, name: 'web', protocol: 'HTTP', protocol_port: 80 };
  expect((await alice.call('POST', '/v2.0/lbaas/listeners', { listener })).status).toBe(201);
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  expect([...refused]).toEqual(['ListenersUpdate']);

  throttleFrom('DeallocateVIP');
  await alice.call('DELETE', `/v2.0/lbaas/loadbalancers/${id}?cascade=true`);
  expect(await alice.settled(id)).toBeNull();
  expect([...refused]).toEqual(['DeallocateVIP']);
});
