import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from './support.ts';

/** Settings are read once per module. */
const importLibrary = async () => {
  const [admitting, turns, admissions, commits, settlements, stored, requests, line] = await Promise.all([
    import('../../../../lib/executions/admit-waiting.ts'),
    import('../../../../lib/repositories/admission/admission-turns.ts'),
    import('../../../../lib/repositories/admission/admissions.ts'),
    import('../../../../lib/repositories/locks/commits.ts'),
    import('../../../../lib/repositories/locks/settlements.ts'),
    import('../repositories/support/stored.ts'),
    import('../repositories/support/requests.ts'),
    import('../repositories/support/admission-queue.ts'),
  ]);
  return { ...admitting, ...turns, ...admissions, ...commits, ...settlements, ...stored, ...requests, ...line };
};

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let lib: Awaited<ReturnType<typeof importLibrary>>;

/** One more than a transaction admits. */
const BUILDS = 41;

beforeAll(async () => {
  await useTable();
  vi.stubEnv('BUILD_RATE_LIMIT', `${BUILDS}`);
  stepFunctions = await fakeStepFunctions();
  lib = await importLibrary();
});
beforeEach(async () => {
  stepFunctions.asked.length = 0;
  stepFunctions.state.failure = null;
  await lib.emptyQueue();
});
afterAll(async () => {
  await lib.emptyQueue();
  await stepFunctions.stop();
});

const create = () => lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);
const createMany = async (count: number) => {
  const operations = [];
  while (operations.length < count) operations.push(await create());
  return operations;
};
const queued = async () => (await lib.listWaiting()).map(({ operation_id }) => operation_id);
const started = () => stepFunctions.asked.map(({ name }) => name);

/** The texts of requests to the table during `work`. */
const requestsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const texts: string[] = [];
  const stop = lib.interceptRequests(async (input, send) => {
    texts.push(input);
    await send();
  });
  await work().finally(stop);
  return texts;
};

describe('admission of queued operations', () => {
  it('starts more than one transaction admits, up to the limit, and counts them', async () => {
    const operations = await createMany(BUILDS + 1);
    expect(await lib.admitWaiting()).toBe(BUILDS);
    expect(new Set([...started(), ...(await queued())])).toEqual(new Set(operations.map(({ id }) => id)));
    expect(started()).toHaveLength(BUILDS);
    expect(await lib.admitWaiting()).toBe(0);
  });

  it('does not read the record of the operation that was committed just now, and reads those of others', async () => {
    const [known, other] = await createMany(2);
    if (known === undefined || other === undefined) throw new Error('no operations');
    const reads = (await requestsOf(() => lib.admitWaiting(known))).filter((text) => !text.includes('TransactItems'));
    expect(started().toSorted()).toEqual([known.id, other.id].toSorted());
    expect(reads.some((text) => text.includes(`"sk":"${known.id}"`))).toBe(false);
    expect(reads.some((text) => text.includes(other.id))).toBe(true);
  });

  it('does not start an operation that settled while it was queued', async () => {
    const operation = await create();
    await lib.settle(lib.flowOf(operation), lib.ended);
    expect(await lib.admitWaiting()).toBe(0);
    expect([started(), await queued()]).toEqual([[], []]);
  });

  it('is left to the process that has the lease, and the lease is free afterwards', async () => {
    const operation = await create();
    const turn = await lib.takeTurn();
    expect(await lib.admitWaiting()).toBe(0);
    expect(await queued()).toEqual([operation.id]);
    await lib.endTurn(Number(turn));
    expect(await lib.admitWaiting()).toBe(1);
    expect(await lib.takeTurn()).not.toBeNull();
  });

  it('includes what is queued while the lease is held, for a process that went away meanwhile', async () => {
    await create();
    const late: string[] = [];
    const stop = lib.interceptRequests(async (input, send) => {
      const ends = input.includes('SET #until = :over');
      if (ends && late.length === 0) {
        late.push('');
        late[0] = (await create()).id;
      }
      await send();
    });
    try {
      expect(await lib.admitWaiting()).toBe(2);
    } finally {
      stop();
    }
    expect(started()).toContain(late[0]);
  });

  it('reports those that could not be started, and starts the others', async () => {
    await createMany(2);
    stepFunctions.state.failure = 'StateMachineDoesNotExist';
    const refused = await lib.admitWaiting().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AggregateError);
    expect(refused).toMatchObject({
      message: '2 operations could not be started',
      errors: [{ name: 'StateMachineDoesNotExist' }, { name: 'StateMachineDoesNotExist' }],
    });
    expect(await queued()).toEqual([]);
  });

  it('asks only for the queue when it is empty', async () => {
    expect(await lib.admitWaiting()).toBe(0);
    const texts = await requestsOf(() => lib.admitWaiting());
    expect(texts.filter((text) => text.includes('TransactItems'))).toEqual([]);
  });
});
