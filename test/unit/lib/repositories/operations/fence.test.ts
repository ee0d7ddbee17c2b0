import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { v4 as uuidv4 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { OperationSuperseded, RowMissingError } from '../../../../../lib/errors/flow.ts';
import type { FlowInput } from '../../../../../lib/models/operations/operation.ts';
import {
  forgetResource,
  recordIntent,
  recordResourceId,
} from '../../../../../lib/repositories/cloud/external-resources.ts';
import { newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { takeOver } from '../../../../../lib/repositories/fleet/amphora-take-over.ts';
import { createAmphora, removeAmphora, updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { closeForSettling, failRows, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { recordRejection } from '../../../../../lib/repositories/locks/rejections.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { removeChildren } from '../../../../../lib/repositories/locks/tree-removal.ts';
import { updateLoadBalancer } from '../../../../../lib/repositories/objects/load-balancer-changes.ts';
import { readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { transactFenced, writeFenced } from '../../../../../lib/repositories/operations/fence.ts';
import { beginStep } from '../../../../../lib/repositories/operations/operations.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { loadBalancerKey } from '../../../../../lib/repositories/table/keys.ts';
import { inTable } from '../../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, asMember, ended, flowOf, storedPool } from '../support/stored.ts';

beforeAll(useTable);

const reason = { errorName: 'Oops', errorMessage: 'no' };
const server = (flow: FlowInput) => ({
  kind: 'server' as const,
  name: 'amphora-1',
  network_id: null,
  loadbalancer_id: flow.loadbalancer_id,
  amphora_id: null,
});

/** A load balancer with a pending member, an amphora and a ledger row, under a flow. */
const underWay = async () => {
  const stored = await storedPool();
  const { member, commit } = addMember(stored.pool, '10.0.0.1');
  const flow = flowOf(await commit());
  const amphoraId = uuidv4();
  await createAmphora(flow, newAmphora(amphoraId, stored.id));
  await recordIntent(flow, server(flow));
  return { ...stored, flow, amphoraId, member };
};

type UnderWay = Awaited<ReturnType<typeof underWay>>;

const WRITES: Readonly<Record<string, (flow: FlowInput, at: UnderWay) => Promise<unknown>>> = {
  createAmphora: (flow, { id }) => createAmphora(flow, newAmphora(uuidv4(), id)),
  updateAmphora: (flow, { amphoraId }) => updateAmphora(flow, amphoraId, { status: 'BOOTING' }),
  removeAmphora: (flow, { amphoraId }) => removeAmphora(flow, amphoraId),
  takeOver: (flow, { amphoraId }) => takeOver(flow, { amphoraId, role: 'MASTER', leaving: [] }),
  updateLoadBalancer: (flow) => updateLoadBalancer(flow, { security_group_id: 'theirs' }),
  recordIntent: (flow) => recordIntent(flow, { ...server(flow), name: 'amphora-2' }),
  recordResourceId: (flow) => recordResourceId(flow, server(flow), 'theirs'),
  forgetResource: (flow) => forgetResource(flow, server(flow)),
  closeForSettling: async (flow, { id }) => closeForSettling(flow, (await readTree(id)).tree.load_balancer.generation),
  settleRows: async (flow, { id }) => settleRows(flow, await readTree(id)),
  failRows: async (flow, { id }) => failRows(flow, await readTree(id)),
  removeChildren: async (flow, { id }) => removeChildren(flow, (await readTree(id)).tree),
  recordRejection: (flow, { member }) =>
    recordRejection(flow, { child: asMember(member), operationId: flow.operation_id, ...reason }),
  settle: (flow) => settle(flow, ended),
  beginStep: (flow) => beginStep(flow, 'ComputeCreate', null),
};

const everyRow = async (id: string) =>
  (
    await documents().send(
      new QueryCommand({
        TableName: tableName(),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': loadBalancerKey(id).pk },
        ConsistentRead: true,
      }),
    )
  ).Items;

describe('a handler with the fence of before a rollback', () => {
  let at: UnderWay;
  beforeAll(async () => {
    at = await underWay();
    await beginRollback(at.flow, reason);
  });

  it.each(Object.keys(WRITES))('can change nothing with %s', async (name) => {
    const before = await everyRow(at.id);
    await expect(WRITES[name]?.(at.flow, at)).rejects.toThrow(OperationSuperseded);
    expect(await everyRow(at.id)).toEqual(before);
  });
});

describe('a handler of an operation that ended', () => {
  let at: UnderWay;
  beforeAll(async () => {
    at = await underWay();
    await settle(at.flow, ended);
    await addMember(at.pool, '10.0.0.2').commit();
  });

  const late = Object.keys(WRITES).filter((name) => name !== 'settle' && name !== 'beginStep');
  it.each(late)('can change nothing with %s', async (name) => {
    const before = await everyRow(at.id);
    await expect(WRITES[name]?.(at.flow, at)).rejects.toThrow(OperationSuperseded);
    expect(await everyRow(at.id)).toEqual(before);
  });

  it('learns that settling is done, and changes nothing by it', async () => {
    const before = await everyRow(at.id);
    await settle(at.flow, { ...ended, outcome: 'FAILED' });
    expect(await beginStep(at.flow, 'SettleChanges', null)).toMatchObject({ begun: false });
    expect(await everyRow(at.id)).toEqual(before);
  });

  it('cannot be undone any more', async () => {
    await expect(beginRollback(at.flow, reason)).rejects.toThrow(OperationSuperseded);
  });
});

describe('writes under a fence', () => {
  const put = (id: string, sk: string) => ({ Put: { ...inTable(), Item: { pk: loadBalancerKey(id).pk, sk } } });
  const present = (id: string, sk: string) => ({
    Update: {
      ...inTable(),
      Key: { pk: loadBalancerKey(id).pk, sk },
      UpdateExpression: 'SET seen = :yes',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':yes': true },
    },
  });

  it('show which of them was refused, and then none is there', async () => {
    const { id, flow } = await underWay();
    const refusal = await transactFenced(flow, [put(id, 'ZZ#1'), present(id, 'ZZ#gone')]);
    expect(refusal).toMatchObject({ index: 1, found: null });
    expect((await everyRow(id))?.some(({ sk }) => sk === 'ZZ#1')).toBe(false);
  });

  it('may be more than one transaction takes', async () => {
    const { id, flow } = await underWay();
    const rows = Array.from({ length: 150 }, (_, index) => put(id, `ZZ#${index}`));
    await writeFenced(flow, rows);
    expect((await everyRow(id))?.filter(({ sk }) => String(sk).startsWith('ZZ#'))).toHaveLength(150);
  });

  it('name a row that is gone', async () => {
    const { id, flow } = await underWay();
    await expect(writeFenced(flow, [put(id, 'ZZ#1'), present(id, 'ZZ#gone')])).rejects.toThrow(RowMissingError);
  });
});
