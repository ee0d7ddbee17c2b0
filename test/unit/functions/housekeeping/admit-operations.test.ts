import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from '../../lib/executions/support.ts';

/** Settings are read once per module. */
const importFunctions = async () => {
  const [admit, dispatch, starting, admissions, commits, stored, settlements, requests, line] = await Promise.all([
    import('../../../../functions/housekeeping/admit-operations.ts'),
    import('../../../../functions/housekeeping/dispatch-operations.ts'),
    import('../../../../lib/executions/start-operation.ts'),
    import('../../../../lib/repositories/admission/admissions.ts'),
    import('../../../../lib/repositories/locks/commits.ts'),
    import('../../lib/repositories/support/stored.ts'),
    import('../../../../lib/repositories/locks/settlements.ts'),
    import('../../lib/repositories/support/requests.ts'),
    import('../../lib/repositories/support/admission-queue.ts'),
  ]);
  return {
    ...starting,
    ...admissions,
    ...commits,
    ...stored,
    ...settlements,
    ...requests,
    ...line,
    admit: admit.handler,
    dispatch: dispatch.handler,
  };
};

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let lib: Awaited<ReturnType<typeof importFunctions>>;

beforeAll(async () => {
  await useTable();
  vi.stubEnv('BUILD_RATE_LIMIT', '1');
  stepFunctions = await fakeStepFunctions();
  lib = await importFunctions();
});
beforeEach(async () => {
  await lib.emptyQueue();
  stepFunctions.asked.length = 0;
  stepFunctions.state.failure = null;
});
afterAll(async () => {
  await lib.emptyQueue();
  await stepFunctions.stop();
});

const ended = (flow: string) => ({
  source: 'aws.states',
  detail: { stateMachineArn: `${stepFunctions.prefix}${flow}`, status: 'SUCCEEDED' },
});

const create = async () => {
  const operation = await lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);
  await lib.startNowOrLater(operation);
  return operation;
};

/** Those of these operations that were started; the table is shared with other tests. */
const started = (...operations: readonly { readonly id: string }[]) =>
  operations.map(({ id }) => stepFunctions.asked.some(({ name }) => name === id));

/** A minute from now, when every commit of this test is old enough. */
const later = async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  try {
    return await lib.dispatch();
  } finally {
    vi.useRealTimers();
  }
};

describe('the end of an operation', () => {
  it('starts the next in line', async () => {
    const first = await create();
    const second = await create();
    expect(started(first, second)).toEqual([true, false]);
    await lib.settle(lib.flowOf(first), lib.ended);
    expect(await lib.admit(ended('create-load-balancer'))).toEqual({ started: 1 });
    expect(started(second)).toEqual([true]);
  });

  it('asks nothing when no limit concerns its kind', async () => {
    const stop = lib.interceptRequests(async () => {
      throw new Error('asked');
    });
    try {
      expect(await lib.admit(ended('apply-changes'))).toEqual({ started: 0 });
      await expect(lib.admit(ended('create-load-balancer'))).rejects.toThrow('asked');
    } finally {
      stop();
    }
  });

  it('starts admitted operations although others cannot be started, and reports the failures', async () => {
    const first = await create();
    await create();
    await lib.settle(lib.flowOf(first), lib.ended);
    stepFunctions.state.failure = 'ExecutionLimitExceeded';
    await expect(lib.admit(ended('create-load-balancer'))).rejects.toThrow('1 operations could not be started');
  });
});

describe('the dispatcher', () => {
  it('starts what was admitted and never started, and nothing that is still queued', async () => {
    stepFunctions.state.failure = 'ExecutionLimitExceeded';
    const operation = await lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);
    await lib.startNowOrLater(operation);
    expect(await lib.isWaiting(operation.id)).toBe(false);
    stepFunctions.state.failure = null;
    stepFunctions.asked.length = 0;
    const waiting = await create();
    expect(await later()).toMatchObject({ waiting: 1 });
    expect(started(operation, waiting)).toEqual([true, false]);
  });

  it('admits queued operations when the event of an end was lost', async () => {
    const first = await create();
    const second = await create();
    await lib.settle(lib.flowOf(first), lib.ended);
    expect(await later()).toMatchObject({ waiting: 0 });
    expect(started(second)).toEqual([true]);
  });
});
