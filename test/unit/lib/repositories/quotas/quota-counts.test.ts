import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { QuotaExceededError } from '../../../../../lib/errors/quota.ts';
import { QUOTA_RESOURCES, type QuotaResource } from '../../../../../lib/models/objects/quota.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { removeChildren } from '../../../../../lib/repositories/locks/tree-removal.ts';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { countObjects } from '../../../../../lib/repositories/quotas/count-objects.ts';
import { checkQuota } from '../../../../../lib/repositories/quotas/quota-counts.ts';
import { changeQuota, removeQuota } from '../../../../../lib/repositories/quotas/quotas.ts';
import { readUsage, recountUsage } from '../../../../../lib/repositories/quotas/usage.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { setExpression } from '../../../../../lib/repositories/table/expressions.ts';
import { quotaKey } from '../../../../../lib/repositories/table/keys.ts';
import { findRow } from '../../../../../lib/repositories/table/query.ts';
import { logger } from '../../../../../lib/tools/logger.ts';
import { newMember, newPool } from '../../../../fixtures/children.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { createRequest, flowOf } from '../support/stored.ts';

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  await useTable();
});
afterEach(() => void vi.restoreAllMocks());

const create = async (projectId: string, members = 0) => {
  const loadBalancer = newLoadBalancer({ project_id: projectId });
  const pool = newPool(loadBalancer);
  const below = Array.from({ length: members }, (_, index) => newMember(pool, { protocol_port: index + 1 }));
  const operation = await commitNewLoadBalancer(loadBalancer, createRequest, [
    { kind: 'pool', object: pool },
    ...below.map((object) => ({ kind: 'member' as const, object })),
  ]);
  return { id: loadBalancer.id, flow: flowOf(operation), projectId };
};

/** As the last step of a deletion does. */
const remove = async ({ id, flow, projectId }: Awaited<ReturnType<typeof create>>): Promise<void> => {
  await removeChildren(flow, await getTree(id));
  await settle(flow, {
    changes: { provisioning_status: 'DELETED' },
    outcome: 'SUCCEEDED',
    gives: { projectId, amounts: { load_balancer: 1 } },
  });
};

const inUse = async (projectId: string, resource: QuotaResource = 'load_balancer') =>
  (await readUsage(projectId)).inUse?.[resource] ?? null;

/** A hand in the table. */
const meddle = async (projectId: string, attributes: Readonly<Record<string, unknown>>): Promise<void> => {
  const TableName = tableName();
  await documents().send(new UpdateCommand({ TableName, Key: quotaKey(projectId), ...setExpression(attributes) }));
};

/** Long enough ago for the list of load balancers to be believed. */
const LONG_AGO = new Date(0).toISOString();

const outcomes = async (attempts: readonly Promise<unknown>[]) => {
  const settled = await Promise.allSettled(attempts);
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  for (const reason of refused) expect(reason).toBeInstanceOf(QuotaExceededError);
  return { done: settled.length - refused.length, refused: refused.length };
};

describe('the last places of a project', () => {
  it('are given once, to as many as there are places for', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { load_balancer: 4 });
    const all = await outcomes(Array.from({ length: 16 }, () => create(projectId)));
    expect([all, await inUse(projectId)]).toEqual([{ done: 4, refused: 12 }, 4]);
  });

  it('are fewer from the moment that the limit is lowered', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { load_balancer: 30 });
    await create(projectId);
    const lowered = changeQuota(projectId, { load_balancer: 3 }).then(() => inUse(projectId));
    await outcomes([...Array.from({ length: 24 }, () => create(projectId))]);
    const then = (await lowered) ?? 0;
    expect(await inUse(projectId)).toBeLessThanOrEqual(Math.max(3, then));
    expect(then).toBeLessThan(25);
  });

  it('are any number where there is no limit', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { pool: -1 });
    await Promise.all([create(projectId), create(projectId)]);
    expect((await countObjects(projectId)).counts).toMatchObject({ load_balancer: 2, pool: 2 });
  });

  it('are free again when what had them is gone, and not before', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { load_balancer: 1 });
    const first = await create(projectId);
    await settle(first.flow, { changes: { provisioning_status: 'ERROR' }, outcome: 'FAILED' });
    await expect(create(projectId)).rejects.toThrow('Quota has been met for resources: Load Balancer');
    const deletion = { flow: 'delete-load-balancer' as const, requester };
    const commit = { allowed: ['ERROR' as const], to: 'PENDING_DELETE' as const };
    const flow = flowOf(await commitLoadBalancerOperation(first.id, deletion, commit));
    await expect(create(projectId)).rejects.toThrow(QuotaExceededError);
    await remove({ ...first, flow });
    await create(projectId);
  });
});

describe('what a project has', () => {
  it('is not counted while nothing is limited, and is from the first limit on', async () => {
    const projectId = randomUUID();
    const first = await create(projectId, 2);
    await remove(await create(projectId, 3));
    expect(await findRow(quotaKey(projectId))).toBeNull();
    await changeQuota(projectId, { load_balancer: 2 });
    await create(projectId, 1);
    expect([await inUse(projectId), await inUse(projectId, 'member')]).toEqual([2, 3]);
    await expect(create(projectId)).rejects.toThrow(QuotaExceededError);
    await remove(first);
    expect([await inUse(projectId), await inUse(projectId, 'member')]).toEqual([1, 1]);
  });

  it('is seen by a check before the first object is counted', async () => {
    const projectId = randomUUID();
    await create(projectId);
    await changeQuota(projectId, { load_balancer: 1 });
    await expect(checkQuota({ projectId, takes: { load_balancer: 1 } })).rejects.toThrow(QuotaExceededError);
  });

  it('is not counted any more by the first creation after the last limit, and counted again by the next limit', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { pool: 5 });
    await create(projectId);
    expect(await inUse(projectId)).toBe(1);
    await removeQuota(projectId);
    await create(projectId);
    await create(projectId);
    expect(await inUse(projectId)).toBeNull();
    await changeQuota(projectId, { load_balancer: 4 });
    await create(projectId);
    expect(await inUse(projectId)).toBe(4);
    await expect(create(projectId)).rejects.toThrow(QuotaExceededError);
  });

  it('includes what was written without the counter while the first limit came, once the recount is due', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { load_balancer: 3 });
    await create(projectId);
    const due = Date.parse(String((await findRow(quotaKey(projectId)))?.recount_due_at)) - Date.now();
    // A request of an API function that began before the limit has ended by then.
    expect(due).toBeGreaterThan(29_000);
    await create(projectId);
    // As a creation does that has read the row before the limit: both were written, one was counted.
    await meddle(projectId, { in_use_load_balancer: 1, in_use_pool: 1, usage_changed_at: LONG_AGO });
    await meddle(projectId, { recount_due_at: LONG_AGO });
    await create(projectId);
    expect([await inUse(projectId), await inUse(projectId, 'pool')]).toEqual([3, 3]);
    expect(await findRow(quotaKey(projectId))).not.toHaveProperty('recount_due_at');
    await expect(create(projectId)).rejects.toThrow(QuotaExceededError);
  });

  it('is counted again later when a recount is due while objects come and go', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { load_balancer: 5 });
    await create(projectId);
    await meddle(projectId, { recount_due_at: LONG_AGO });
    await create(projectId);
    expect(await inUse(projectId)).toBe(2);
    expect(Date.parse(String((await findRow(quotaKey(projectId)))?.recount_due_at))).toBeGreaterThan(Date.now());
  });

  it('is right after a limit that comes while many create', async () => {
    const projectId = randomUUID();
    const creations = Array.from({ length: 12 }, () => create(projectId));
    await changeQuota(projectId, { load_balancer: 200 });
    await Promise.all(creations);
    await create(projectId);
    await meddle(projectId, { usage_changed_at: LONG_AGO, recount_due_at: LONG_AGO });
    await create(projectId);
    expect(await inUse(projectId)).toBe(14);
  });

  it('is counted through changes of many rows, and their removal', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { member: 1_000 });
    const loadBalancer = await create(projectId, 230);
    expect([await inUse(projectId, 'member'), await inUse(projectId, 'pool')]).toEqual([230, 1]);
    await remove(loadBalancer);
    const { counts } = await countObjects(projectId);
    expect((await readUsage(projectId)).inUse).toEqual(counts);
    expect(QUOTA_RESOURCES.map((resource) => counts[resource])).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('is counted again before a request is refused for a wrong number', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { load_balancer: 2 });
    await create(projectId);
    await meddle(projectId, { in_use_load_balancer: 9, usage_changed_at: LONG_AGO });
    await create(projectId);
    expect(await inUse(projectId)).toBe(2);
    await expect(checkQuota({ projectId, takes: { load_balancer: 1 } })).rejects.toThrow(QuotaExceededError);
  });

  it('is put right by a count, unless objects come and go', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { member: 10 });
    await create(projectId, 1);
    await meddle(projectId, { in_use_member: 0 });
    expect(await recountUsage(projectId)).toBe(false);
    await meddle(projectId, { usage_changed_at: LONG_AGO });
    expect([await recountUsage(projectId), await inUse(projectId, 'member')]).toEqual([true, 1]);
  });

  it('does not stand in the way of a deletion when less was counted', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { member: 10 });
    const loadBalancer = await create(projectId, 3);
    await meddle(projectId, { in_use_member: 1, in_use_load_balancer: 0 });
    await remove(loadBalancer);
    expect([await inUse(projectId), await inUse(projectId, 'member')]).toEqual([0, 0]);
    expect((await getTree(loadBalancer.id)).members).toEqual([]);
  });
});

describe('a project at which too many write', () => {
  it('is busy once the client has tried for long enough; nothing is written', async () => {
    const projectId = randomUUID();
    await changeQuota(projectId, { member: 10 });
    await create(projectId);
    const conflict = new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
    const send = documents().send.bind(documents());
    vi.spyOn(documents(), 'send').mockImplementation((command: Parameters<typeof send>[0]) =>
      command.constructor.name === 'TransactWriteCommand' ? Promise.reject(conflict) : send(command),
    );
    await expect(create(projectId)).rejects.toMatchObject({ name: 'ProjectBusyError', resourceId: projectId });
    vi.restoreAllMocks();
    expect(await inUse(projectId)).toBe(1);
  });
});
