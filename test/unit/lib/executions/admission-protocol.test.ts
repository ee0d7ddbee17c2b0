import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../../../lib/models/operations/operation.ts';
import { newLoadBalancer, requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from './support.ts';

/*
 * Writers that commit creates and failovers, flows that end or lose their execution, recoveries, sweeps, and any of them
 * that dies between two requests, in every order that the requests they send to the table can come in.
 */

const BUILDS = 1;
const WRITERS = 4;

/** As many orders as fit; more of them with `ADMISSION_SCHEDULES_MS=60000 npx vitest run admission-protocol`. */
const LIMIT_MS = Number(process.env.ADMISSION_SCHEDULES_MS ?? 2_500);

/** With the limit in force: settings are read once per module. */
const importLibrary = async () => {
  const [admitting, starting, admissions, commits, locks, operations, settlements, stored, requests, line] =
    await Promise.all([
      import('../../../../lib/executions/admit-waiting.ts'),
      import('../../../../lib/executions/start-operation.ts'),
      import('../../../../lib/repositories/admission/admissions.ts'),
      import('../../../../lib/repositories/locks/commits.ts'),
      import('../../../../lib/repositories/locks/lost-locks.ts'),
      import('../../../../lib/repositories/operations/operations.ts'),
      import('../../../../lib/repositories/locks/settlements.ts'),
      import('../repositories/support/stored.ts'),
      import('../repositories/support/requests.ts'),
      import('../repositories/support/admission-queue.ts'),
    ]);
  const all = { ...admitting, ...starting, ...admissions, ...commits, ...locks, ...operations, ...settlements };
  return { ...all, ...stored, ...requests, ...line };
};

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let lib: Awaited<ReturnType<typeof importLibrary>>;
const toFailOver = async (): Promise<readonly string[]> =>
  (await Promise.all(Array.from({ length: WRITERS }, () => lib.storedLoadBalancer()))).map(({ id }) => id);

/** Load balancers to fail over; each is ACTIVE again after a run that went well. */
let ids: readonly string[];

beforeAll(async () => {
  await useTable();
  vi.stubEnv('BUILD_RATE_LIMIT', `${BUILDS}`);
  stepFunctions = await fakeStepFunctions();
  lib = await importLibrary();
  ids = await toFailOver();
});
afterAll(async () => {
  await lib.emptyQueue();
  await stepFunctions.stop();
});

beforeEach(async () => {
  await lib.emptyQueue();
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  };
});

/** The requester: how many requests are left to it before it dies; none for observers from outside. */
const asking = new AsyncLocalStorage<{ left: number }>();
class Died extends Error {}

const mortal = async (left: number, work: () => Promise<unknown>): Promise<void> => {
  await asking.run({ left }, async () => {
    await work().catch((error: unknown) => {
      const causes = error instanceof AggregateError ? error.errors : [error];
      if (!causes.every((cause) => cause instanceof Died)) throw error;
    });
  });
};

const BEGIN = Date.parse('2026-11-25T12:00:00Z');
const IMMORTAL = 1_000_000;

interface Writer {
  readonly failover: boolean;
  /** Requests it has before it dies. */
  readonly life: number;
  /** How often its flow loses its execution. */
  readonly losses: number;
}

const writers = fc.array(
  fc.record({
    failover: fc.boolean(),
    life: fc.oneof({ weight: 2, arbitrary: fc.constant(IMMORTAL) }, fc.nat(9)),
    losses: fc.nat(1),
  }),
  { minLength: 2, maxLength: WRITERS },
);

interface World {
  /** In the order in which their commits were accepted. */
  readonly committed: Operation[];
  readonly losses: Map<string, number>;
  /** Lost executions still to be taken over. */
  readonly lost: Set<string>;
  readonly letIn: Set<string>;
}

const started = (id: string): boolean => stepFunctions.asked.some(({ name }) => name === id);

const record = async (world: World): Promise<readonly Operation[]> =>
  await Promise.all(world.committed.map((operation) => lib.getFlowOperation(lib.flowOf(operation))));

/** What may run is no more than the limit, and no operation was admitted before one that was queued before it. */
const check = async (world: World): Promise<void> => {
  const queuedIds = new Set((await lib.listWaiting()).map(({ operation_id }) => operation_id));
  const living = (await record(world)).filter(({ ended_at }) => ended_at === null);
  const mayRun = living.filter(({ id }) => !queuedIds.has(id));
  expect(mayRun.length).toBeLessThanOrEqual(BUILDS);
  for (const [index, operation] of world.committed.entries()) {
    if (queuedIds.has(operation.id) || world.letIn.has(operation.id)) continue;
    world.letIn.add(operation.id);
    // An operation that carries on has the slot of the one it carries on from.
    if (operation.recoveries > 0) continue;
    const passed = world.committed
      .slice(0, index)
      .filter((before) => queuedIds.has(before.id) && before.id < operation.id && before.flow === operation.flow);
    expect(passed).toEqual([]);
  }
};

const commit = async (writer: Writer, id: string, world: World): Promise<void> => {
  const operation = writer.failover
    ? await lib.commitLoadBalancerOperation(
        id,
        { flow: 'failover-load-balancer', requester },
        { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' },
      )
    : await lib.commitNewLoadBalancer(newLoadBalancer(), { flow: 'create-load-balancer', requester });
  world.committed.push(operation);
  world.losses.set(operation.id, writer.losses);
  await lib.startNowOrLater(operation);
};

/** The flow of an operation that was started. */
const run = async (operation: Operation, world: World): Promise<void> => {
  const losses = world.losses.get(operation.id) ?? 0;
  await lib.beginStep(lib.flowOf(operation), 'ComputeCreate', null);
  if (losses > 0) world.lost.add(operation.id);
  else await lib.settle(lib.flowOf(operation), lib.ended);
};

const recover = async (operation: Operation, world: World): Promise<void> => {
  const lock = {
    key: lib.loadBalancerKey(operation.loadbalancer_id ?? ''),
    operationId: operation.id,
    fence: operation.fence,
  };
  const successor = await lib.takeOverLock(lock, operation, { errorName: 'ExecutionLost', errorMessage: '' });
  if (successor === null) return;
  world.losses.set(successor.id, (world.losses.get(operation.id) ?? 0) - 1);
  world.committed.push(successor);
  world.lost.delete(operation.id);
  await lib.startNowOrLater(successor);
};

/** What the dispatcher does. */
const sweep = async (world: World): Promise<void> => {
  const queuedIds = new Set((await lib.listWaiting()).map(({ operation_id }) => operation_id));
  for (const operation of await record(world)) {
    if (operation.status === 'COMMITTED' && !queuedIds.has(operation.id) && !started(operation.id)) {
      stepFunctions.asked.push({ stateMachineArn: '', name: operation.id, input: '' });
    }
  }
  await lib.admitWaiting();
};

const ROUNDS = 40;

const inTurn = (scheduler: fc.Scheduler, world: World) => async (input: string, send: () => Promise<void>) => {
  const actor = asking.getStore();
  if (actor === undefined) return await send();
  const refusals: unknown[] = [];
  const builder = async () => {
    if (actor.left <= 0) {
      refusals.push(new Died());
      return;
    }
    actor.left -= 1;
    // Turns become overdue in the middle of them.
    vi.setSystemTime(Date.now() + 3_000);
    try {
      await send();
      if (input.includes('"TURN"')) await asking.exit(() => check(world));
    } catch (error) {
      refusals.push(error);
    }
  };
  await scheduler.scheduleSequence([{ builder, label: input.slice(0, 150) }]).task;
  if (refusals.length > 0) throw refusals[0];
};

describe('the limits, in any order of requests', () => {
  it(
    'admit no more than they allow, in turn, and every operation in the end, despite crashes',
    async () => {
      const deadline = performance.now() + LIMIT_MS;
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), writers, fc.nat(3), async (scheduler, asked, sweeps) => {
          if (performance.now() > deadline) return;
          await lib.emptyQueue();
          vi.setSystemTime(BEGIN);
          const world: World = { committed: [], losses: new Map(), lost: new Set(), letIn: new Set() };
          const stop = lib.interceptRequests(inTurn(scheduler, world));
          try {
            let works = asked.map((writer, at) => mortal(writer.life, () => commit(writer, ids[at] ?? '', world)));
            for (let round = 0; round < ROUNDS && works.length > 0; round += 1) {
              for (let at = 0; at < sweeps; at += 1) works.push(mortal(4 * at, () => lib.admitWaiting()));
              await scheduler.waitFor(Promise.all(works));
              const living = (await record(world)).filter(({ ended_at }) => ended_at === null);
              works = living.flatMap((one) => {
                if (world.lost.has(one.id)) return [mortal(IMMORTAL, () => recover(one, world))];
                return started(one.id) ? [mortal(IMMORTAL, () => run(one, world))] : [];
              });
              if (living.length > 0) works.push(mortal(IMMORTAL, () => sweep(world)));
            }
          } catch (error) {
            stop();
            ids = await toFailOver();
            throw error;
          }
          stop();
          const atRest = await record(world);
          expect(atRest.filter(({ ended_at }) => ended_at === null)).toEqual([]);
          expect(atRest.filter(({ status }) => !['SUCCEEDED', 'SUPERSEDED'].includes(status))).toEqual([]);
          await lib.admitWaiting();
          expect(await lib.listWaiting()).toEqual([]);
        }),
        { numRuns: 300, seed: 20261125 },
      );
    },
    LIMIT_MS + 30_000,
  );
});
