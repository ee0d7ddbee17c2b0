import { WorkerError } from '../../errors/worker-error.ts';
import type { Limits } from '../../models/operations/limits.ts';
import {
  isUnderWay,
  progressOf,
  type Rollout,
  type RolloutProgress,
  RolloutStatus,
  type RolloutStep,
  RolloutStepStatus,
} from '../../models/operations/rollout.ts';
import {
  addStep,
  changeRollout,
  changeStep,
  findCurrentRollout,
  getRollout,
  listSteps,
} from '../../repositories/fleet/rollouts.ts';
import { readGovernor } from '../../repositories/health/receivers.ts';
import { logger } from '../../tools/logger.ts';
import { type DueParts, findDue } from './due.ts';
import { begin, follow, type StepParts } from './step.ts';

export interface AdvanceParts extends StepParts {
  readonly due: DueParts;
  readonly limits: Pick<Limits, 'failovers'>;
}

export interface AdvanceOptions {
  /** Milliseconds UTC from which on nothing more is begun or waited for. */
  readonly until: number;
  /** Milliseconds between two looks. */
  readonly pauseMs: number;
}

export interface Advanced {
  readonly rollout_id: string;
  readonly status: RolloutStatus;
  readonly progress: RolloutProgress;
}

/** Writes the due load balancers down. After a crash another run continues with the missing ones. */
const plan = async (parts: AdvanceParts, rollout: Rollout): Promise<void> => {
  try {
    const written = new Set((await listSteps(rollout.id)).map(({ loadbalancer_id }) => loadbalancer_id));
    const missing = (await findDue(parts.due, rollout)).filter(({ loadbalancer_id }) => !written.has(loadbalancer_id));
    for (const due of missing) {
      await addStep({
        ...due,
        rollout_id: rollout.id,
        status: RolloutStepStatus.WAITING,
        left: due.amphorae.map(({ amphora_id }) => amphora_id),
        amphora_id: null,
        operation_id: null,
        since: new Date().toISOString(),
        reason: null,
      });
    }
    await changeRollout(rollout, { planned_at: new Date().toISOString() });
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    logger.error('planning of a roll-out failed; the next run retries it', {
      rollout_id: rollout.id,
      error: String(error),
    });
    await changeRollout(rollout, { status: RolloutStatus.HALTED, reason: `${error.name}: ${error.message}` });
  }
};

/** One place of the limit on failovers is left to those that cannot wait. */
const places = ({ at_once }: Rollout, { failovers }: Pick<Limits, 'failovers'>): number =>
  failovers < 0 ? at_once : Math.min(at_once, Math.max(1, failovers - 1));

/** So many of those that wait are tried with one look; the next one tries others. */
const TRIES = 20;

/** In a storm every failover is one too many. */
const isStormy = async (): Promise<boolean> => {
  const { storms, doubts_observer } = await readGovernor(new Date().toISOString());
  return storms.length > 0 || doubts_observer;
};

/** Those under way come first; then the one that was tried longest ago. */
const inOrder = (steps: readonly RolloutStep[]): readonly RolloutStep[] => {
  const rank = (step: RolloutStep) => `${isUnderWay(step) ? 0 : 1}${step.since}`;
  return steps
    .filter(({ status }) => status === RolloutStepStatus.WAITING)
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
};

/** One that cannot be begun must not keep the others waiting: it says why, and comes last from now on. */
const tryToBegin = async (parts: AdvanceParts, step: RolloutStep): Promise<boolean> => {
  try {
    return await begin(parts, step);
  } catch (error) {
    const { rollout_id, loadbalancer_id } = step;
    logger.error('roll-out step of a load balancer failed', {
      rollout_id,
      loadbalancer_id,
      error: String(error),
    });
    await changeStep(step, { reason: String(error) });
    return false;
  }
};

const beginMore = async (parts: AdvanceParts, rollout: Rollout, steps: readonly RolloutStep[]): Promise<void> => {
  if (await isStormy()) return;
  let room = places(rollout, parts.limits) - steps.filter(isUnderWay).length;
  for (const step of inOrder(steps).slice(0, TRIES)) {
    const hasPlace = isUnderWay(step);
    if (!hasPlace && room <= 0) return;
    if ((await tryToBegin(parts, step)) && !hasPlace) room -= 1;
  }
};

const isActive = ({ status }: RolloutStep): boolean =>
  status === RolloutStepStatus.REPLACING || status === RolloutStepStatus.SETTLING;

const failedOf = (steps: readonly RolloutStep[]): readonly RolloutStep[] =>
  steps.filter(({ status }) => status === RolloutStepStatus.FAILED);

/** One look at a roll-out, and what follows from it. @returns true when there is something to wait for */
const lookOnce = async (parts: AdvanceParts, rollout: Rollout): Promise<boolean> => {
  for (const step of (await listSteps(rollout.id)).filter(isActive)) await follow(parts, step);
  const steps = await listSteps(rollout.id);
  const active = steps.some(isActive);
  if (rollout.status !== RolloutStatus.RUNNING) return active;
  const failed = failedOf(steps);
  if (failed.length - rollout.forgiven >= rollout.max_failures) {
    const reason = failed.toSorted((a, b) => (a.since < b.since ? 1 : -1))[0]?.reason ?? null;
    logger.error('roll-out is halted', { rollout_id: rollout.id, reason });
    await changeRollout(rollout, { status: RolloutStatus.HALTED, reason });
    return active;
  }
  if (!active && steps.every(({ status }) => status !== RolloutStepStatus.WAITING)) {
    await changeRollout(rollout, { status: RolloutStatus.COMPLETED });
    return false;
  }
  await beginMore(parts, rollout, steps);
  return true;
};

/**
 * Takes the roll-out that has not ended as far as it comes: replaces one amphora of a load balancer after the other, and
 * looks whether each is served before the next. All it knows is in the table, so it may die anywhere, or run twice.
 * @returns null when there is none
 */
export const advance = async (parts: AdvanceParts, { until, pauseMs }: AdvanceOptions): Promise<Advanced | null> => {
  let last: Rollout | null = null;
  for (;;) {
    const rollout = await findCurrentRollout();
    if (rollout === null) break;
    last = rollout;
    if (rollout.planned_at === null) {
      if (rollout.status !== RolloutStatus.RUNNING) break;
      await plan(parts, rollout);
    } else if (!(await lookOnce(parts, rollout))) break;
    if (Date.now() + pauseMs >= until) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  if (last === null) return null;
  const { id, status } = await getRollout(last.id);
  return { rollout_id: id, status, progress: progressOf(await listSteps(id)) };
};
