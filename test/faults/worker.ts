/** A process with one stack in it: `worker.ts [data folder]`. Takes one order from its parent, and reports. */
// First, so that what comes later sees what it has set up.
import './inside.ts';
import { once } from 'node:events';
import { projectId } from '../../local/cloud/facts.ts';
import { type FaultCase, taskStates } from './cases.ts';
import { miscounted } from './invariants.ts';
import type { BeginOrder, JudgeOrder, Order, Report, RunOrder } from './messages.ts';
import { begin, discard, judge, type Lane, newLane, runCase, type Struck } from './run-case.ts';
import { createWitness, lookAt, openWitness } from './witness.ts';
import { openWorld } from './world.ts';

const LANES = 6;
/** Where nothing listens: the witness of a stack that is killed has no traffic. */
const NO_BACKEND = 9;
const STANDS_STILL_MS = 120_000;

const tell = (report: Report): void => {
  process.send?.(report);
};

const dataFolder = process.argv[2] ?? null;

const inLanes = async <T>(items: readonly T[], work: (item: T, lane: Lane) => Promise<void>): Promise<void> => {
  const left = [...items];
  const lanes = Array.from({ length: LANES }, async (_none, number) => {
    const lane = newLane(`lane-${number}`);
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next, lane);
    if (lane.ready !== null && dataFolder === null) await discard(world, lane.ready);
  });
  await Promise.all(lanes);
};

/** What every case together has done to the counters of its project: told with the last of them. */
const countAll = async (last: FaultCase | undefined): Promise<void> => {
  const problems = (await Promise.all(['project-a', 'project-b'].map((name) => miscounted(projectId(name))))).flat();
  if (last === undefined || problems.length === 0) return;
  const { flow, state, fault } = last;
  tell({ report: 'outcome', outcome: { flow, state, fault, status: 'MISCOUNTED', restMs: 0, problems } });
};

const run = async ({ cases }: RunOrder): Promise<void> => {
  const witness = await openWitness(world);
  await inLanes(cases, async (wanted, lane) => {
    tell({ report: 'outcome', outcome: await runCase(world, witness, lane, wanted, states) });
  });
  await countAll(cases.at(-1));
  tell({ report: 'done', requests: witness.requests() });
  await witness.stop();
};

/** Brings every case to where its handler stands still, and answers; the kill is the parent's. */
const beginAll = async ({ cases }: BeginOrder): Promise<void> => {
  const { id } = await createWitness(world, NO_BACKEND);
  const before = await lookAt(world, id);
  await inLanes(cases, async (wanted, lane) => {
    const still = Promise.withResolvers<void>();
    const timer = setTimeout(() => still.reject(new Error('the flow never came to this state')), STANDS_STILL_MS);
    try {
      const { plan: _laid, ...begun } = await begin(world, lane, wanted, states, still.resolve);
      await still.promise;
      tell({ report: 'struck', struck: { wanted, ...begun } });
    } catch (error) {
      const { flow, state, fault } = wanted;
      const problems = [error instanceof Error ? error.message : String(error)];
      tell({ report: 'outcome', outcome: { flow, state, fault, status: 'NOT BEGUN', restMs: 0, problems } });
    } finally {
      clearTimeout(timer);
      lane.ready = null;
    }
  });
  tell({ report: 'ready', witness: { id, before } });
  await new Promise(() => {});
};

const judgeAll = async ({ struck, witness, killedAt }: JudgeOrder): Promise<void> => {
  const judgeOne = async (one: Struck): Promise<void> => {
    const lane = newLane('judged');
    const outcome = await judge(world, lane, one, () => killedAt);
    const left = lane.ready === null ? [] : await discard(world, lane.ready);
    const untouched = (await lookAt(world, witness.id)) === witness.before;
    const problems = [...outcome.problems, ...left, ...(untouched ? [] : ['another load balancer was changed'])];
    tell({ report: 'outcome', outcome: { ...outcome, problems } });
  };
  await Promise.all(struck.map(judgeOne));
  await countAll(struck.at(-1)?.wanted);
  tell({ report: 'done', requests: 0 });
};

const world = await openWorld({ dataFolder });
const states = taskStates(world.stack.definitions);
const ordered = once(process, 'message');
tell({ report: 'open' });
const order: Order = (await ordered)[0];
if (order.order === 'run') await run(order);
else if (order.order === 'begin') await beginAll(order);
else await judgeAll(order);
await world.stop();
process.exit(0);
