import { beforeAll, describe, expect, it } from 'vitest';
import { remainingMs } from '../../../../lib/context/deadline.ts';
import { currentRequestId } from '../../../../lib/context/request-id.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { beginRollback, settle } from '../../../../lib/repositories/locks/settlements.ts';
import { getOperation } from '../../../../lib/repositories/operations/operations.ts';
import { amphoraInput, loadBalancerInput } from '../../../../lib/task/parse-input.ts';
import { task } from '../../../../lib/task/task.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, ended, flowOf, storedPool } from '../repositories/support/stored.ts';
import { invoke } from './support/invoke.ts';

beforeAll(useTable);

class TestTrouble extends Error {
  override readonly name = 'TestTrouble';
}

const underWay = async () => {
  const { pool } = await storedPool();
  const operation = await addMember(pool, '10.0.0.1').commit();
  return { operation, flow: { ...flowOf(operation), loadbalancer_id: String(operation.loadbalancer_id) } };
};

/** A task that counts how often it is wired and run, and does `work`. */
const aTask = (work: () => Promise<undefined> = async () => undefined, kind: { readonly settles?: boolean } = {}) => {
  const counts = { wired: 0, run: 0 };
  const handler = task({
    name: 'TestTask',
    input: loadBalancerInput,
    ...kind,
    drivers: () => {
      counts.wired += 1;
      return { work };
    },
    run: async (_input, _context, drivers) => {
      counts.run += 1;
      return await drivers.work();
    },
  });
  return { handler, counts };
};

describe('a task', () => {
  it('is wired at its first call, and once', async () => {
    const { handler, counts } = aTask();
    expect(counts.wired).toBe(0);
    const { flow } = await underWay();
    expect(await invoke(handler, flow)).toEqual({});
    await invoke(handler, flow);
    expect(counts).toEqual({ wired: 1, run: 2 });
  });

  it('gives its work the fence to write under, the time left, the whole event, and the cloud the operation’s id', async () => {
    const { flow } = await underWay();
    const handler = task({
      name: 'TestTask',
      input: loadBalancerInput,
      run: async (input, context) => ({
        fact: input.fact,
        fence: context.flow.fence,
        left: remainingMs(),
        request: currentRequestId(),
      }),
    });
    const event = { ...flow, fact: 'small' };
    const request = `req-${flow.operation_id}`;
    expect(await invoke(handler, event)).toEqual({ fact: 'small', fence: flow.fence, left: 30_000, request });
  });

  it('names the field of an input that is wrong, and does not run', async () => {
    const { flow } = await underWay();
    const { handler, counts } = aTask();
    await expect(invoke(handler, { ...flow, loadbalancer_id: 'web' })).rejects.toMatchObject({
      name: 'InvalidArgumentError',
      field: 'TestTask.loadbalancer_id',
    });
    expect(counts.run).toBe(0);
  });

  it('records its step, with its attempts and its outcome', async () => {
    const { flow, operation } = await underWay();
    const { handler } = aTask();
    await invoke(handler, flow);
    await invoke(handler, flow);
    const { steps, status } = await getOperation(operation.id);
    expect(status).toBe('RUNNING');
    expect(steps).toMatchObject([
      { name: 'TestTask', subject: null, attempts: 2, outcome: 'succeeded', duration_ms: expect.any(Number) },
    ]);
  });

  it('records a failure, and lets it out under its name', async () => {
    const { flow, operation } = await underWay();
    const { handler } = aTask(() => Promise.reject(new TestTrouble('no luck')));
    await expect(invoke(handler, flow)).rejects.toMatchObject({ name: 'TestTrouble', message: 'no luck' });
    expect((await getOperation(operation.id)).steps).toMatchObject([
      { outcome: 'failed', error_name: 'TestTrouble', error_message: 'no luck' },
    ]);
  });

  it('records steps of several amphorae apart', async () => {
    const { flow, operation } = await underWay();
    const handler = task({ name: 'TestTask', input: amphoraInput, run: async () => undefined });
    const subjects = [crypto.randomUUID(), crypto.randomUUID()].sort();
    await Promise.all(subjects.map((amphora_id) => invoke(handler, { ...flow, amphora_id })));
    const { steps } = await getOperation(operation.id);
    expect(steps.map(({ subject }) => subject).sort()).toEqual(subjects);
  });

  it('does not run once its fence is lost', async () => {
    const { flow } = await underWay();
    const { handler, counts } = aTask();
    await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    await expect(invoke(handler, flow)).rejects.toThrow(OperationSuperseded);
    expect(counts.run).toBe(0);
  });

  it('does not run after the end of its operation', async () => {
    const { flow } = await underWay();
    const { handler, counts } = aTask();
    await settle(flow, ended);
    await expect(invoke(handler, flow)).rejects.toThrow(OperationSuperseded);
    expect(counts.run).toBe(0);
  });
});

describe('a task that settles', () => {
  it('answers success without running when the operation has ended already', async () => {
    const { flow } = await underWay();
    const { handler, counts } = aTask(
      async () => {
        await settle(flow, ended);
        return undefined;
      },
      { settles: true },
    );
    await invoke(handler, flow);
    expect(await invoke(handler, flow)).toEqual({});
    expect(counts.run).toBe(1);
  });

  it('is refused under the fence of before a rollback', async () => {
    const { flow } = await underWay();
    const { handler, counts } = aTask(undefined, { settles: true });
    await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    await expect(invoke(handler, flow)).rejects.toThrow(OperationSuperseded);
    expect(counts.run).toBe(0);
  });
});
