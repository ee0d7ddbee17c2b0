import { beforeAll, describe, expect, it } from 'vitest';
import { OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import { takeOverLock } from '../../../../../lib/repositories/locks/lost-locks.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import {
  beginStep,
  endStep,
  getOperation,
  getOwnRecord,
} from '../../../../../lib/repositories/operations/operations.ts';
import { tableName } from '../../../../../lib/repositories/table/client.ts';
import { loadBalancerKey, operationKey, pointerKey, RowType } from '../../../../../lib/repositories/table/keys.ts';
import { findKey } from '../../../../../lib/repositories/table/pointers.ts';
import { findRow } from '../../../../../lib/repositories/table/query.ts';
import { inTable } from '../../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, ended, flowOf, storedPool } from '../support/stored.ts';

beforeAll(useTable);

const reason = { errorName: 'ComputeBuildError', errorMessage: 'No valid host' };
const failure = { name: 'ComputeBuildError', message: 'No valid host' };

const underWay = async () => {
  const stored = await storedPool();
  const operation = await addMember(stored.pool, '10.0.0.1').commit();
  return { ...stored, operation, flow: flowOf(operation) };
};

describe('the failed step of an operation', () => {
  it('is the one that failed last', async () => {
    const { operation, flow } = await underWay();
    for (const name of ['PrepareChanges', 'ListenersUpdate']) {
      const step = await beginStep(flow, name, null);
      if (step.begun) await endStep(flow, name, null, step.startedAt, name === 'ListenersUpdate' ? failure : null);
    }
    await beginStep(flow, 'BeginRollback', null);
    await beginRollback(flow, reason);
    expect(await getOperation(operation.id)).toMatchObject({
      failed_step: 'ListenersUpdate',
      error_name: failure.name,
    });
  });

  it('is the one that never came back, and not the rollback that asks', async () => {
    const { operation, flow } = await underWay();
    await beginStep(flow, 'ListenersUpdate', null);
    await beginStep(flow, 'BeginRollback', null);
    await beginRollback(flow, reason);
    expect(await getOperation(operation.id)).toMatchObject({ failed_step: 'ListenersUpdate' });
  });

  it('is the flow when no step is known to have failed', async () => {
    const { operation, flow } = await underWay();
    await beginRollback(flow, reason);
    expect(await getOperation(operation.id)).toMatchObject({ failed_step: 'apply-changes' });
  });
});

describe('the beginning of a rollback', () => {
  it('answers the same fence to two at once', async () => {
    const { flow } = await underWay();
    const fences = await Promise.allSettled([beginRollback(flow, reason), beginRollback(flow, reason)]);
    const answered = fences.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(new Set(answered)).toEqual(new Set([flow.fence + 1]));
    expect(await beginRollback(flow, reason)).toBe(flow.fence + 1);
  });

  it('is refused to one whose fence is older still', async () => {
    const { flow } = await underWay();
    const fence = await beginRollback(flow, reason);
    await beginRollback({ ...flow, fence }, reason);
    await expect(beginRollback(flow, reason)).rejects.toThrow(OperationSuperseded);
  });
});

/** Seconds from an operation's end to the moment at which its record and its pointer may go; null for never. */
const kept = async (operationId: string): Promise<readonly (number | null)[]> => {
  const { ended_at } = await getOwnRecord(operationId);
  const record = await findKey(RowType.OPERATION, operationId);
  if (record === null) throw new Error('There is no record.');
  const rows = [await findRow(record), await findRow(pointerKey(operationId))];
  return rows.map((row) => {
    if (row?.expires_at === undefined) return null;
    return Number(row.expires_at) - Math.floor(Date.parse(ended_at ?? new Date().toISOString()) / 1000);
  });
};
const MONTH = 2_592_000;

describe('the record of an operation', () => {
  it('expires with its pointer a month after its end, and not before it has ended', async () => {
    const { flow, operation } = await underWay();
    await beginStep(flow, 'PrepareChanges', null);
    expect(await kept(operation.id)).toEqual([null, null]);
    await settle(flow, ended);
    expect(await kept(operation.id)).toEqual([MONTH, MONTH]);
  });

  it('expires also when another carries it, or has taken over', async () => {
    const { id, pool, operation } = await underWay();
    const joined = await addMember(pool, '10.0.0.2').commit();
    const [record, pointer] = await kept(joined.id);
    expect(Number(record)).toBeGreaterThan(MONTH - 60);
    expect(pointer).toBe(record);
    const lock = { key: loadBalancerKey(id), operationId: operation.id, fence: operation.fence };
    const next = await takeOverLock(lock, await getOwnRecord(operation.id), reason);
    expect(await kept(operation.id)).toEqual([MONTH, MONTH]);
    expect(await kept(String(next?.id))).toEqual([null, null]);
  });
});

describe('a settlement', () => {
  it('writes further rows in the same moment', async () => {
    const { id, flow } = await underWay();
    const key = operationKey({ id: 'row', loadbalancer_id: id, amphora_id: null });
    await settle(flow, { ...ended, rows: [{ Put: { ...inTable(), Item: { ...key, note: 'settled' } } }] });
    expect(await getLoadBalancer(id)).toMatchObject({ lock: null, provisioning_status: 'ACTIVE' });
  });

  it('releases nothing when one of its rows is refused', async () => {
    const { id, flow, operation } = await underWay();
    const refused = {
      ConditionCheck: {
        TableName: tableName(),
        Key: operationKey({ id: 'none', loadbalancer_id: id, amphora_id: null }),
        ConditionExpression: 'attribute_exists(pk)',
      },
    };
    await expect(settle(flow, { ...ended, rows: [refused] })).rejects.toThrow(OperationSuperseded);
    expect((await getLoadBalancer(id)).lock).toMatchObject({ operation_id: operation.id });
  });
});
