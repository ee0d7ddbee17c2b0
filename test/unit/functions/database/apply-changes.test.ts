import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as beginRollback } from '../../../../functions/database/begin-rollback.ts';
import { handler as markChangesErrorInDB } from '../../../../functions/database/mark-changes-error-in-db.ts';
import { handler as prepareChanges } from '../../../../functions/database/prepare-changes.ts';
import { handler as settleChanges } from '../../../../functions/database/settle-changes.ts';
import { batchMembers } from '../../../../lib/changes/member-batch.ts';
import type { Pool } from '../../../../lib/models/objects/pool.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { recordRejection } from '../../../../lib/repositories/locks/rejections.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOperation, listOperations } from '../../../../lib/repositories/operations/operations.ts';
import { newMember } from '../../../fixtures/children.ts';
import { useTable } from '../../../helpers/table.ts';
import { dyingAt } from '../../lib/repositories/support/requests.ts';
import {
  addMember,
  alone,
  asMember,
  flowOf,
  storedLoadBalancer,
  storedPool,
} from '../../lib/repositories/support/stored.ts';
import { invoke } from '../../lib/task/support/invoke.ts';
import { changing } from './support.ts';

beforeAll(useTable);
afterEach(() => void vi.useRealTimers());

const failure = { Error: 'AmphoraRequestError', Cause: 'no' };
const took = { followed: { pushes: [{ skipped: false }] } };

const memberStatuses = async (id: string) =>
  (await getTree(id)).members.map(({ provisioning_status }) => provisioning_status);

/** A batch whose maker dies before its rows are written out, and the flow it began. */
const deadBatch = async (pool: Pool, size: number) => {
  const wanted = Array.from({ length: size }, (_, index) => ({
    member: newMember(pool, { ip_address: `10.2.0.${index}` }),
    updates: {},
  }));
  await dyingAt('AND staged_operation_id = :staged', () =>
    commitChange(
      pool.load_balancer_id,
      alone((read) => batchMembers(read, pool.id, [], wanted, true)),
    ),
  );
  const [operation] = await listOperations(pool.load_balancer_id, 1);
  if (operation === undefined) throw new Error('no operation');
  return { operation, input: { ...flowOf(operation), loadbalancer_id: pool.load_balancer_id } };
};

describe('PrepareChanges', () => {
  it('answers the generation, and the amphorae that are up', async () => {
    const id = crypto.randomUUID();
    const loadBalancer = await storedLoadBalancer(undefined, { amphorae: [id] });
    const operation = await commitChange(
      loadBalancer.id,
      alone(() => ({})),
    );
    const { generation } = await getLoadBalancer(loadBalancer.id);
    const answer = await invoke(prepareChanges, { ...flowOf(operation), loadbalancer_id: loadBalancer.id });
    expect(answer).toMatchObject({ generation, amphorae: [{ amphora_id: id }] });
  });

  it('writes out what a dead maker has left', async () => {
    const { pool, id } = await storedPool();
    const { input } = await deadBatch(pool, 50);
    const answer = await invoke(prepareChanges, input);
    expect(await memberStatuses(id)).toHaveLength(50);
    expect(answer).toMatchObject({ generation: (await getLoadBalancer(id)).generation });
  });
});

describe('rounds without an end', () => {
  const round = { settling: { settled: false } };

  it('are over after five minutes: nothing joins any more, and what has come in is settled', async () => {
    const { id, pool, input } = await changing();
    await invoke(prepareChanges, input);
    await addMember(pool, '10.0.0.2').commit();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
    const { generation } = await invoke(prepareChanges, { ...input, ...round });
    expect((await getLoadBalancer(id)).lock).toMatchObject({ closing: true });
    const event = { ...input, prepared: { generation: Number(generation) }, ...took };
    expect(await invoke(settleChanges, event)).toEqual({ settled: true });
    expect(await memberStatuses(id)).toEqual(['ACTIVE', 'ACTIVE']);
  });

  it('go on until then', async () => {
    const { id, input } = await changing();
    await invoke(prepareChanges, input);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 240_000 });
    await invoke(prepareChanges, { ...input, ...round });
    expect((await getLoadBalancer(id)).lock).toMatchObject({ closing: false });
  });
});

describe('SettleChanges', () => {
  it('settles everything, and reports so again after its answer was lost', async () => {
    const { id, input, operation } = await changing();
    const event = { ...input, prepared: { generation: (await getLoadBalancer(id)).generation }, ...took };
    expect(await invoke(settleChanges, event)).toEqual({ settled: true });
    expect(await invoke(settleChanges, event)).toEqual({ settled: true });
    expect(JSON.stringify(await getTree(id))).not.toContain('PENDING');
    expect(await getOperation(operation.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('makes the flow do another round when something came in', async () => {
    const { id, pool, input } = await changing();
    const { generation } = await getLoadBalancer(id);
    await addMember(pool, '10.0.0.2').commit();
    const event = { ...input, prepared: { generation }, ...took };
    expect(await invoke(settleChanges, event)).toEqual({ settled: false });
    expect(await memberStatuses(id)).toEqual(['PENDING_CREATE', 'PENDING_CREATE']);
  });

  it('ends an operation whose own values were refused without success, and the joined one with', async () => {
    const { id, pool, input, operation, member } = await changing();
    const joined = await addMember(pool, '10.0.0.2').commit();
    const reason = { errorName: 'AmphoraRequestError', errorMessage: 'no' };
    await recordRejection(flowOf(operation), { child: asMember(member), operationId: operation.id, ...reason });
    const { generation } = await getLoadBalancer(id);
    await invoke(settleChanges, { ...input, prepared: { generation }, ...took });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'FAILED', error_name: 'AmphoraRequestError' });
    expect(await getOperation(joined.id)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
    expect(await memberStatuses(id)).toEqual(['ERROR', 'ACTIVE']);
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'ACTIVE', lock: null });
  });

  it('fails when no amphora took the configuration, and settles nothing', async () => {
    const { id, input } = await changing();
    const { generation } = await getLoadBalancer(id);
    const followed = { pushes: [{ skipped: true }, { skipped: true }] };
    await expect(invoke(settleChanges, { ...input, prepared: { generation }, followed })).rejects.toMatchObject({
      name: 'AmphoraUnreachableError',
    });
    expect(await memberStatuses(id)).toEqual(['PENDING_CREATE']);
  });

  it('is content with one amphora that took it', async () => {
    const { id, input } = await changing();
    const { generation } = await getLoadBalancer(id);
    const followed = { pushes: [{ skipped: true }, { skipped: false }] };
    expect(await invoke(settleChanges, { ...input, prepared: { generation }, followed })).toEqual({ settled: true });
  });
});

describe('MarkChangesErrorInDB', () => {
  const undo = async (input: Parameters<typeof markChangesErrorInDB>[0]) => {
    const { fence } = await invoke(beginRollback, { ...input, error: failure });
    const event = { ...input, fence: Number(fence) };
    await invoke(markChangesErrorInDB, event);
    return event;
  };

  it('leaves ERROR on what changed, and the load balancer unlocked', async () => {
    const { id, input, operation } = await changing();
    const event = await undo(input);
    await invoke(markChangesErrorInDB, event);
    expect(await memberStatuses(id)).toEqual(['ERROR']);
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'ACTIVE', lock: null });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'FAILED', error_name: 'AmphoraRequestError' });
  });

  it('loses no row of a change that was accepted and not yet written out', async () => {
    const { id, pool } = await storedPool();
    const { input } = await deadBatch(pool, 50);
    await undo(input);
    expect(new Set(await memberStatuses(id))).toEqual(new Set(['ERROR']));
    expect(await memberStatuses(id)).toHaveLength(50);
    expect((await getLoadBalancer(id)).staged_operation_id).toBeNull();
  });
});
