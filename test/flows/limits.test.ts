import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { buildSpan, mostAtOnce } from '../../bench/local/builds.ts';
import type { OperationHandle } from '../../lib/worker/operation-handle.ts';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { requester } from '../fixtures/load-balancer.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';
import { holdNext } from './support/hold-next.ts';

const operations = z.object({ operations: z.tuple([z.object({ id: z.string() })]) });

const LIMIT = 2;
const bench = useBench({
  bootDelayMs: 800,
  settings: { BUILD_RATE_LIMIT: `${LIMIT}`, RECOVERY_GRACE_MS: '0', DISPATCH_GRACE_MS: '0' },
});

const place = async (handle: OperationHandle) => {
  const { lib } = bench;
  const { findQueuePosition } = await import('../../lib/repositories/admission/admission-plan.ts');
  return await findQueuePosition(await lib().getOperation(handle.operationId));
};

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('There is nothing here.');
  return value;
};

/** One after another, as close as can be: their ports are made before. */
const createAll = async (count: number): Promise<readonly OperationHandle[]> => {
  const drafts = await Promise.all(Array.from({ length: count }, () => bench.draft()));
  const handles: OperationHandle[] = [];
  for (const draft of drafts) handles.push(await bench.worker().createLoadBalancer(draft));
  return handles;
};

/** Holds back as many builds as there may be at once, until they are let go. */
const holdBuilds = () => {
  const rule = { service: 'compute', method: 'POST', path: '/servers$' };
  const [held] = Array.from({ length: LIMIT }, () => holdNext(bench.cloud(), rule));
  return must(held);
};

/** When its amphorae were being built, as its record says. */
const buildOf = async (handle: OperationHandle) => buildSpan((await bench.ended(handle)).steps);

const stepFunctions = async <T>(work: (client: SFNClient) => Promise<T>): Promise<T> => {
  const client = new SFNClient({ endpoint: bench.stack().endpoints.stepFunctions, region: 'us-east-1' });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
};

const running = async (flow: string): Promise<readonly string[]> =>
  await stepFunctions(async (client) => {
    const stateMachineArn = `${bench.stack().stateMachineArnPrefix}${flow}`;
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
    );
    return executions.map(({ executionArn }) => executionArn ?? '');
  });

describe('a limit of two builds', () => {
  it('lets two of many creates run at once, each in its turn, and all of them in the end', async () => {
    const handles = await createAll(6);
    const spans = await Promise.all(handles.map(buildOf));
    expect(mostAtOnce(spans)).toBe(LIMIT);
    for (const [index, [begun]] of spans.entries()) {
      // Two that are admitted at the same moment may begin in any order.
      const later = spans.slice(index + LIMIT).map(([from]) => from);
      expect(begun).toBeLessThanOrEqual(Math.min(...later, Number.POSITIVE_INFINITY));
    }
    for (const { resourceId } of handles) {
      expect((await bench.lib().getTree(resourceId)).load_balancer).toMatchObject({
        provisioning_status: 'ACTIVE',
        lock: null,
      });
    }
  });

  it('shows queued operations with limit and position, and costs a queued one no transition', async () => {
    const held = holdBuilds();
    const handles = await createAll(4);
    const fourth = must(handles[3]);
    expect(await Promise.all(handles.map(place))).toEqual([
      null,
      null,
      { limit: 'builds', position: 1 },
      { limit: 'builds', position: 2 },
    ]);
    expect(await running('create-load-balancer')).not.toContain(fourth.executionArn);
    const { redrive } = await import('../../lib/executions/recovery.ts');
    await expect(redrive(fourth.operationId, { requester, force: false })).rejects.toThrow('waits for a limit');
    await held.letGo();
    await Promise.all(handles.map((handle) => handle.wait()));
    expect(await place(fourth)).toBeNull();
    expect(await bench.transitions(fourth)).toBe(12);
  });

  it('lets a failover overtake creates that wait, and a spare go last', async () => {
    const { id } = await bench.created();
    const drafts = await Promise.all(Array.from({ length: 5 }, () => bench.draft()));
    const [blockers, others] = [drafts.slice(0, LIMIT), drafts.slice(LIMIT)];
    const held = holdBuilds();
    for (const draft of blockers) await bench.worker().createLoadBalancer(draft);
    const spare = await bench.worker().createAmphora();
    const creates: OperationHandle[] = [];
    for (const draft of others) creates.push(await bench.worker().createLoadBalancer(draft));
    const failover = await bench.worker().failoverLoadBalancer(id);
    expect(await place(failover)).toEqual({ limit: 'builds', position: 1 });
    expect((await place(spare))?.position).toBeGreaterThan(creates.length);
    await held.letGo();
    const begun = async (handle: OperationHandle) => Date.parse((await bench.ended(handle)).started_at ?? '');
    const failedOver = await begun(failover);
    const created = await Promise.all(creates.map(begun));
    // Two may be admitted at the same moment, and begin in any order.
    expect(created.filter((at) => at < failedOver).length).toBeLessThan(LIMIT);
    const spareBegun = await begun(spare);
    expect(created.filter((at) => at > spareBegun).length).toBeLessThan(LIMIT);
    expect(await Promise.all([...creates, failover, spare].map((one) => bench.ended(one)))).toMatchObject(
      Array.from({ length: 5 }, () => ({ status: 'SUCCEEDED' })),
    );
  });

  it('lets changes and deletes through while every build waits', async () => {
    const { id } = await bench.created();
    const blockers = await createAll(3);
    const update = await bench.worker().updateLoadBalancer(id, { name: 'renamed' });
    expect(await place(update)).toBeNull();
    expect(await bench.ended(update)).toMatchObject({ status: 'SUCCEEDED' });
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    await Promise.all(blockers.map((handle) => handle.wait()));
  });

  it('gives an aborted one’s place to the operation that carries it on, and then to the next', async () => {
    const handles = await createAll(3);
    const first = handles.slice(0, LIMIT);
    const next = must(handles[LIMIT]);
    await expect.poll(() => running('create-load-balancer')).toHaveLength(LIMIT);
    await stepFunctions(async (client) => {
      for (const { executionArn } of first) await client.send(new StopExecutionCommand({ executionArn }));
    });
    expect(await place(next)).toEqual({ limit: 'builds', position: 1 });
    const spans = await Promise.all([...first, next].map(buildOf));
    expect(await Promise.all([...first, next].map((one) => bench.ended(one)))).toMatchObject([
      { status: 'SUCCEEDED' },
      { status: 'SUCCEEDED' },
      { status: 'SUCCEEDED' },
    ]);
    const [third] = spans.slice(2);
    expect(spans.slice(0, 2).some(([, up]) => up <= (third?.[0] ?? 0))).toBe(true);
  });

  it('is not held up by the sweeps, which start nothing that waits', async () => {
    const handles = await createAll(4);
    expect(await bench.stack().invoke('DispatchOperations')).toMatchObject({ waiting: 2 });
    expect(await bench.stack().invoke('RecoverOperations')).toEqual({ recovered: 0 });
    expect(mostAtOnce(await Promise.all(handles.map(buildOf)))).toBe(LIMIT);
  });

  it('is shown on the operation', async () => {
    const alice = await tenant(bench.stack());
    const vip = { vip_subnet_id: bench.cloud().facts.vipSubnetId };
    const made = [];
    for (const name of ['a', 'b', 'c']) made.push(await alice.create({ name, ...vip }));
    const [, , last] = made;
    const listed = await alice.call('GET', `${LOAD_BALANCERS}/${last?.id}/operations`);
    const [{ id }] = operations.parse(listed.body).operations;
    const shown = await alice.call('GET', `/v2.0/lbaas/operations/${id}`);
    expect(shown.body).toMatchObject({ operation: { queue: { limit: 'builds', position: 1 } } });
    for (const one of made) expect(await alice.settled(one.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });
});
