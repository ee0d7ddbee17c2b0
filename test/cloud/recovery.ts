import { expect } from 'vitest';
import * as z from 'zod';
import type { Facts } from './facts.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { get, steadyClient } from './traffic.ts';

const amphorae = z.object({
  amphorae: z.array(z.object({ id: z.string(), compute_id: z.string(), role: z.string(), status: z.string() })),
});
const operations = z.object({
  operations: z.array(
    z.looseObject({
      flow: z.string(),
      status: z.string(),
      created_at: z.string(),
      ended_at: z.string().nullable(),
      steps: z.array(z.looseObject({ name: z.string(), started_at: z.string(), ended_at: z.string().nullable() })),
    }),
  ),
});

/** A load balancer, and a client that watches it. */
export interface RecoveryParts {
  readonly facts: Facts;
  readonly api: LoadBalancerApi;
  /** Sees amphorae and operations. */
  readonly operator: LoadBalancerApi;
  readonly balancer: { readonly id: string; readonly vip_address: string };
}

/** The amphorae of a load balancer that are ALLOCATED. */
export const allocated = async ({ operator, balancer }: Pick<RecoveryParts, 'operator' | 'balancer'>) => {
  const { status: answer, body } = await operator.call('GET', `/v2.0/octavia/amphorae?loadbalancer_id=${balancer.id}`);
  expect(answer, JSON.stringify(body)).toBe(200);
  return amphorae.parse(body).amphorae.filter(({ status }) => status === 'ALLOCATED');
};

/** Seconds from the crash on. */
export interface Recovery {
  /** Until the failover was committed. */
  readonly detected: number;
  /** Until the load balancer was ACTIVE again, with as many amphorae as before. */
  readonly replaced: number;
  /** The longest time in which a client that sends every 50 ms had no answer. */
  readonly silent: number;
}

/** Crashes an amphora under traffic, waits until another one is in its place, and prints how long it all took. */
export const recovery = async (what: string, parts: RecoveryParts, amphoraId: string): Promise<Recovery> => {
  const { facts, api, operator, balancer } = parts;
  const before = await allocated(parts);
  const dying = before.find(({ id }) => id === amphoraId);
  const url = `http://${balancer.vip_address}/`;
  const client = steadyClient(url);
  const crashedAt = Date.now();
  const replacements = async () =>
    (await allocated(parts)).filter(({ id }) => before.every((old) => old.id !== id)).length;
  try {
    await recipe(facts, 'crash', dying?.compute_id ?? '');
    await expect.poll(replacements, { timeout: 120_000, interval: 250 }).toBe(1);
    expect(await api.settled(balancer.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const answered = async () => (await get(url, {}, 1_000).catch(() => null))?.status;
    await expect.poll(answered, { timeout: 10_000 }).toBe(200);
  } finally {
    await client.stop();
  }
  expect(await allocated(parts)).toHaveLength(before.length);
  const { body } = await operator.call('GET', `${LOAD_BALANCERS}/${balancer.id}/operations`);
  const [failover] = operations.parse(body).operations;
  expect(failover).toMatchObject({ flow: 'failover-amphora', status: 'SUCCEEDED' });
  const since = (at: string | null | undefined): number => (Date.parse(at ?? '') - crashedAt) / 1000;
  const seconds = {
    detected: since(failover?.created_at),
    replaced: since(failover?.ended_at),
    silent: client.longestGap() / 1000,
  };
  const shown = Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)} s`);
  console.log(`${what}, after the crash: ${shown.join(', ')} (no answer: the longest time without one)`);
  for (const { name, started_at, ended_at } of failover?.steps ?? []) {
    console.log(`  ${since(started_at).toFixed(1)} to ${since(ended_at).toFixed(1)} s: ${name}`);
  }
  return seconds;
};
