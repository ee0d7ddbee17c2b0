import { setTimeout as pause } from 'node:timers/promises';
import type { FaultCase, TaskState } from './cases.ts';
import { problemsOf } from './invariants.ts';
import { accepted, changeWeight, deleteLoadBalancer, failOver, lbRows, newLoadBalancer } from './load-balancers.ts';
import { type Begun, breakingPoint, newSpare, type Subject, scenarioOf } from './scenarios.ts';
import { unkept, type Wish } from './wishes.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

export interface Outcome {
  readonly flow: string;
  readonly state: string;
  readonly fault: string;
  /** How the operation ended: SUCCEEDED or FAILED. */
  readonly status: string;
  /** Milliseconds from the fault until all was settled. */
  readonly restMs: number;
  readonly problems: readonly string[];
}

/** The settled objects that a lane has between two cases, to use them again. */
export interface Lane {
  readonly name: string;
  ready: Subject | null;
  /** Cases that it has been through. */
  uses: number;
}

export const newLane = (name: string): Lane => ({ name, ready: null, uses: 0 });

const LATEST_WAKE_MS = 60_000;
/** Records and deleted amphorae of a load balancer add up, and no purge runs here. */
const USES = 8;

const take = async (world: World, lane: Lane, kind: Subject['kind']): Promise<Subject> => {
  const { ready } = lane;
  lane.ready = null;
  if (ready?.kind === kind && lane.uses < USES) {
    lane.uses += 1;
    return ready;
  }
  if (ready !== null) await discard(world, ready);
  if (kind === 'spare') {
    const id = await newSpare(world, null);
    await world.ended(await world.newest(`AMPOPS#${id}`));
    return { kind, id };
  }
  lane.uses = 0;
  return { kind, id: await newLoadBalancer(world, lane.name) };
};

/** Deletes it through the API, and looks that nothing is left. */
export const discard = async (world: World, subject: Subject): Promise<readonly string[]> => {
  if (subject.kind === 'load balancer') await deleteLoadBalancer(world, subject.id);
  else {
    const { operationId } = await world.worker.deleteAmphora(subject.id);
    await world.ended(operationId);
  }
  return await problemsOf(world, subject);
};

const statusOf = async (world: World, { kind, id }: Subject): Promise<string> => {
  if (kind === 'spare') return String((await world.rows(`AMP#${id}`)).find(({ sk }) => sk === 'AMPHORA')?.status);
  return String((await lbRows(world, id)).find(({ sk }) => sk === 'LB')?.provisioning_status);
};

/** Uses what came of it through the API; answers it when it can be used again. */
const use = async (world: World, subject: Subject, wanted: FaultCase, weight: number): Promise<Subject | null> => {
  const status = await statusOf(world, subject);
  if (status === 'DELETED') return null;
  if (subject.kind === 'spare') {
    if (status === 'READY') return subject;
    await accepted(world.admin.call('DELETE', `/v2.0/octavia/amphorae/${subject.id}`), 'delete of an amphora in ERROR');
    return null;
  }
  if (status === 'ACTIVE') {
    await changeWeight(world, subject.id, weight);
    return subject;
  }
  if (wanted.flow === 'create-load-balancer' || wanted.flow === 'delete-load-balancer') {
    await deleteLoadBalancer(world, subject.id);
    return null;
  }
  await failOver(world, subject.id);
  return subject;
};

const atRest = async (world: World, subject: Subject, since: string): Promise<readonly string[]> => {
  let problems: readonly string[] = [];
  // A server that leaves, or a record that is written last, may take a moment more than the operation.
  for (let look = 0; look < 20; look += 1) {
    problems = await problemsOf(world, subject, since);
    if (problems.length === 0) break;
    await pause(100);
  }
  return problems;
};

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * What a run must come to when one thing goes wrong once. What throws ends the flow, but for work that it can do without,
 * and for a settling that was done; a rollback that never began leaves nothing undone, so the flow may be carried on instead.
 */
const expected = ({ fault, compensates, state }: FaultCase): readonly string[] => {
  if (state === 'BeginRollback') return ['FAILED', 'SUCCEEDED'];
  if (compensates) return ['FAILED'];
  return fault.startsWith('throws') ? ['FAILED', 'SUCCEEDED'] : ['SUCCEEDED'];
};

/** A case whose fault was injected into its operation. */
export interface Struck {
  readonly wanted: FaultCase;
  readonly subject: Subject;
  readonly operationId: string;
  readonly wishes: readonly Wish[];
}

/**
 * Waits until all is settled, looks at everything, uses what came of it, and looks once more.
 * @param wake lets a handler that was held go on, when all is settled and has changed since
 */
export const judge = async (
  world: World,
  lane: Lane,
  { wanted, subject, operationId, wishes }: Struck,
  struckAt: () => number | null,
  wake: () => Promise<void> = async () => {},
): Promise<Outcome> => {
  const { flow, state, fault } = wanted;
  const outcome = { flow, state, fault, status: 'NOT AT REST', restMs: 0 };
  const problems: string[] = [];
  try {
    const operation = await world.ended(operationId);
    outcome.status = operation.status;
    const since = struckAt();
    if (since === null) throw new Error('the flow never came to this state');
    outcome.restMs = Date.now() - since;
    if (!expected(wanted).includes(operation.status)) {
      problems.push(`it ${operation.status}: ${operation.error_name} ${operation.error_message}`);
    }
    problems.push(...(await atRest(world, subject, operationId)));
    const outcomeOf = operation.status === 'SUCCEEDED' ? 'succeeded' : 'failed';
    problems.push(...(await unkept(world, subject.id, wishes, outcomeOf)));
    world.forget(subject.id);
    const usable = await use(world, subject, wanted, 1 + (outcome.restMs % 250));
    const late = pause(LATEST_WAKE_MS, 'late' as const, { ref: false });
    if ((await Promise.race([wake(), late])) === 'late') problems.push('a late handler never ended');
    // A stale push triggers a new push, by an operation of its own.
    if (subject.kind === 'load balancer') await world.ended(await world.newest(`LBOPS#${subject.id}`));
    problems.push(...(await atRest(world, subject, operationId)));
    // What failed comes with the success that has used it since; a load balancer that had to be deleted is no more.
    if (usable !== null) problems.push(...(await unkept(world, subject.id, wishes, 'succeeded')));
    if (usable !== null && lane.ready === null) lane.ready = usable;
    else if (usable !== null) problems.push(...(await discard(world, usable)));
  } catch (error) {
    problems.push(words(error));
  }
  if (problems.length > 0) lane.ready = null;
  return { ...outcome, problems: [...new Set(problems)] };
};

/** Asks for the operation of a case on what its flow needs, with the fault laid out. */
export const begin = async (
  world: World,
  lane: Lane,
  wanted: FaultCase,
  states: readonly TaskState[],
  killed?: () => void,
): Promise<Begun> => {
  const scenario = scenarioOf(wanted);
  const on = scenario.on === null ? null : await take(world, lane, scenario.on);
  return await scenario.begin(world, on, world.plan(wanted, breakingPoint(wanted, states), killed));
};

export const runCase = async (
  world: World,
  witness: Witness,
  lane: Lane,
  wanted: FaultCase,
  states: readonly TaskState[],
): Promise<Outcome> => {
  const seenBefore = witness.failures();
  let outcome: Outcome;
  try {
    const { plan, ...begun } = await begin(world, lane, wanted, states);
    outcome = await judge(world, lane, { wanted, ...begun }, () => plan.struckAt, plan.wake);
  } catch (error) {
    const { flow, state, fault } = wanted;
    outcome = { flow, state, fault, status: 'NOT BEGUN', restMs: 0, problems: [words(error)] };
  }
  const disturbed = witness.failures() > seenBefore ? ['traffic of another load balancer was disturbed'] : [];
  return { ...outcome, problems: [...outcome.problems, ...disturbed, ...(await witness.changes())] };
};
