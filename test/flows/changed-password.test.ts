import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';

/*
 * A second of a flow lasts 20 ms here. Between the change in Keystone and the one in the secret 10 s pass, that is 200 ms: flows try again
 * for 20 s at least (statemachines/retries.yml).
 */
const SECOND_MS = 20;
const WINDOW_MS = 10 * SECOND_MS;

/** The state whose next run finds a changed password, and what is done then. */
let armed: { readonly state: string; change(): void } | null = null;
const stack = useStack({
  secondMs: SECOND_MS,
  aroundTask: async ({ state }, run) => {
    if (state === armed?.state) {
      armed.change();
      armed = null;
    }
    return await run();
  },
});

test('a password of the service user that is changed in mid-flow loses no flow, and no request gets worse than 503', async () => {
  const { cloud, cloudsFile } = stack();
  if (cloud === null || cloudsFile === null) throw new Error('the stack has a cloud of its own');
  const alice = await tenant(stack());
  const statuses = new Map<number, number>();
  /** Requests that need the service user: the API makes the VIP's port. */
  const ask = async () => {
    const loadbalancer = { name: 'meanwhile', vip_subnet_id: cloud.facts.vipSubnetId };
    const answer = await alice.call('POST', LOAD_BALANCERS, { loadbalancer });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status === 503) expect(answer.headers['retry-after']).toBe('5');
  };
  /** Resolves when the secret has the password, too. */
  const changeFrom = (state: string): Promise<void> => {
    const password = `changed-${randomUUID()}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const follow = async () => {
      for (const end = performance.now() + WINDOW_MS; performance.now() < end; await wait(10)) await ask();
      writeFileSync(cloudsFile, cloud.cloudsYaml());
    };
    const change = () => {
      cloud.changePassword('octavia', password);
      follow().then(resolve, reject);
    };
    armed = { state, change };
    return promise;
  };

  const created = changeFrom('ComputeCreate');
  const { id } = await alice.create({ name: 'web', vip_subnet_id: cloud.facts.vipSubnetId });
  await created;
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });

  const failedOver = changeFrom('CreateBasePort');
  const admin = await tenant(stack(), 'admin');
  expect((await admin.call('PUT', `${LOAD_BALANCERS}/${id}/failover`)).status).toBe(202);
  await failedOver;
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });

  const deleted = changeFrom('DeallocateVIP');
  await alice.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
  await deleted;
  expect(await alice.settled(id)).toBeNull();

  expect([...statuses.keys()].filter((status) => ![201, 503].includes(status))).toEqual([]);
  expect(statuses.get(503)).toBeGreaterThan(3);
  await ask();
  expect(statuses.has(201)).toBe(true);
}, 60_000);
