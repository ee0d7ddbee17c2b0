import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginStep } from '../../../../lib/repositories/operations/operations.ts';
import { documents, tableName } from '../../../../lib/repositories/table/client.ts';
import { operationKey, waitingKey } from '../../../../lib/repositories/table/keys.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from '../../lib/executions/support.ts';
import { addMember, flowOf, storedPool } from '../../lib/repositories/support/stored.ts';

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let dispatch: typeof import('../../../../functions/housekeeping/dispatch-operations.ts');

beforeAll(async () => {
  await useTable();
  stepFunctions = await fakeStepFunctions();
  dispatch = await import('../../../../functions/housekeeping/dispatch-operations.ts');
});
afterAll(() => stepFunctions.stop());
beforeEach(() => {
  stepFunctions.asked.length = 0;
  stepFunctions.state.failure = null;
});

/** Runs it a minute from now, when every commit of this test is old enough. */
const later = async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  try {
    return await dispatch.handler();
  } finally {
    vi.useRealTimers();
  }
};

const names = () => stepFunctions.asked.map(({ name }) => name);

describe('the dispatcher', () => {
  it('starts what was committed a while ago and never started, and no joined change', async () => {
    const { pool } = await storedPool();
    const holder = await addMember(pool, '10.0.0.1').commit();
    const joined = await addMember(pool, '10.0.0.2').commit();
    await later();
    expect(names()).toContain(holder.id);
    expect(names()).not.toContain(joined.id);
  });

  it('leaves alone what was committed just now, and what runs', async () => {
    const { pool } = await storedPool();
    const operation = await addMember(pool, '10.0.0.1').commit();
    await dispatch.handler();
    expect(names()).not.toContain(operation.id);
    await beginStep(flowOf(operation), 'PrepareChanges', null);
    await later();
    expect(names()).not.toContain(operation.id);
  });

  it('goes on beside rows that it cannot read: of a version that knows more', async () => {
    const made = [await storedPool(), await storedPool()];
    const [strange, known] = await Promise.all(made.map(({ pool }) => addMember(pool, '10.0.0.1').commit()));
    if (strange === undefined || known === undefined) throw new Error('nothing committed');
    const future = { TableName: tableName(), ExpressionAttributeValues: { ':flow': 'flow-of-tomorrow' } };
    const flow = { UpdateExpression: 'SET flow = :flow' };
    await documents().send(new UpdateCommand({ ...future, ...flow, Key: operationKey(strange) }));
    await documents().send(new UpdateCommand({ ...future, ...flow, Key: waitingKey(strange.id) }));
    try {
      await later();
      expect(names()).toContain(known.id);
      expect(names()).not.toContain(strange.id);
    } finally {
      for (const Key of [operationKey(strange), waitingKey(strange.id)])
        await documents().send(new DeleteCommand({ TableName: tableName(), Key }));
    }
  });

  it('tries them all, and fails in the end, when some cannot be started', async () => {
    const made = [await storedPool(), await storedPool()];
    const operations = await Promise.all(made.map(({ pool }) => addMember(pool, '10.0.0.1').commit()));
    stepFunctions.state.failure = 'ExecutionLimitExceeded';
    await expect(later()).rejects.toThrow('operations could not be started');
    expect(names()).toEqual(expect.arrayContaining(operations.map(({ id }) => id)));
  });
});
