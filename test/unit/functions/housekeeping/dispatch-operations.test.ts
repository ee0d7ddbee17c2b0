import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginStep } from '../../../../lib/repositories/operations.ts';
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

  it('tries them all, and fails in the end, when some cannot be started', async () => {
    const made = [await storedPool(), await storedPool()];
    const operations = await Promise.all(made.map(({ pool }) => addMember(pool, '10.0.0.1').commit()));
    stepFunctions.state.failure = 'ExecutionLimitExceeded';
    await expect(later()).rejects.toThrow('operations could not be started');
    expect(names()).toEqual(expect.arrayContaining(operations.map(({ id }) => id)));
  });
});
