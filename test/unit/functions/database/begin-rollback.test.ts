import { beforeAll, describe, expect, it } from 'vitest';
import { handler } from '../../../../functions/database/begin-rollback.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { beginStep, getOperation } from '../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, ended, flowOf, storedPool } from '../../lib/repositories/support/stored.ts';
import { invoke } from '../../lib/task/support/invoke.ts';

beforeAll(useTable);

const failure = { Error: 'ComputeBuildError', Cause: JSON.stringify({ errorMessage: 'No valid host', trace: [] }) };

const underWay = async () => {
  const { pool } = await storedPool();
  const operation = await addMember(pool, '10.0.0.1').commit();
  return { operation, flow: flowOf(operation) };
};

describe('BeginRollback', () => {
  it('answers the fence to go on with, and records the reason', async () => {
    const { flow, operation } = await underWay();
    await beginStep(flow, 'ListenersUpdate', null);
    expect(await invoke(handler, { ...flow, error: failure })).toEqual({ fence: flow.fence + 1 });
    expect(await getOperation(operation.id)).toMatchObject({
      fence: flow.fence + 1,
      error_name: 'ComputeBuildError',
      error_message: 'No valid host',
      failed_step: 'ListenersUpdate',
    });
  });

  it('answers the same again after its answer was lost', async () => {
    const { flow } = await underWay();
    await invoke(handler, { ...flow, error: failure });
    expect(await invoke(handler, { ...flow, error: failure })).toEqual({ fence: flow.fence + 1 });
  });

  it("takes the cause as it is when it is no function's", async () => {
    const { flow, operation } = await underWay();
    await invoke(handler, { ...flow, error: { Error: 'States.Timeout', Cause: 'out of time' } });
    expect(await getOperation(operation.id)).toMatchObject({
      error_name: 'States.Timeout',
      error_message: 'out of time',
    });
  });

  it('undoes nothing of an operation that has ended', async () => {
    const { flow } = await underWay();
    await settle(flow, ended);
    await expect(invoke(handler, { ...flow, error: failure })).rejects.toThrow(OperationSuperseded);
  });

  it('is refused to a handler whose operation was moved on by another', async () => {
    const { flow } = await underWay();
    const { fence } = await invoke(handler, { ...flow, error: failure });
    await invoke(handler, { ...flow, fence: Number(fence), error: failure });
    await expect(invoke(handler, { ...flow, error: failure })).rejects.toThrow(OperationSuperseded);
  });
});
