import { ImmutableObjectError } from '../errors/flow.ts';
import { AmphoraNotFound } from '../errors/not-found.ts';
import type { Amphora, LastOperation } from '../models/objects/amphora.ts';
import { type Operation, OperationStatus, type Requester } from '../models/operations/operation.ts';
import { getOperation } from '../repositories/operations/operations.ts';
import { logger } from '../tools/logger.ts';
import type { OperationHandle } from '../worker/operation-handle.ts';
import { forEachOf } from './each.ts';

/** Recorded on the operations that upkeep starts. */
export const UPKEEP: Requester = { user_id: 'housekeeping', project_id: null, request_id: null };

export type Outcome =
  | 'done'
  | 'failed'
  /** Still running: it continues. */
  | 'running'
  /** Another operation works on the amphora. */
  | 'busy'
  /** It is no more. */
  | 'gone'
  /** The operation could not be committed. */
  | 'unstarted';

export interface Reason {
  readonly error_name: string;
  readonly error_message: string;
}

/**
 * The amphora that was tried longest ago comes first, so that those that fail again and again delay no other; among
 * those never tried, and at the same moment, by `then`.
 */
export const inOrder = (
  amphorae: readonly Amphora[],
  last: (amphora: Amphora) => LastOperation | null | undefined,
  then: (amphora: Amphora) => string,
): readonly Amphora[] => {
  const rank = (amphora: Amphora) => `${last(amphora)?.at ?? ''}#${then(amphora)}`;
  return amphorae.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
};

export const countOf = (turns: readonly Turn[], ...outcomes: readonly Outcome[]): number =>
  turns.filter(({ outcome }) => outcomes.includes(outcome)).length;

/** What came of one amphora in a round. */
export interface Turn {
  readonly amphora: Amphora;
  readonly outcome: Outcome;
  readonly operation_id: string | null;
  /** Why it failed. */
  readonly reason: Reason | null;
}

export interface RoundOptions {
  /** Operations in flight at the same time. */
  readonly atOnce: number;
  /** Milliseconds UTC from which on no further one begins. */
  readonly until: number;
  /**
   * Milliseconds an operation is waited for before the next one gets its place: one that takes longer waits for an agent
   * that does not answer, and does no work. @default 30,000
   */
  readonly patienceMs?: number;
  readonly start: (amphoraId: string) => Promise<OperationHandle>;
}

const PATIENCE_MS = 30_000;

/** Why an operation failed, null for any other. */
export const reasonOf = ({ status, error_name, error_message }: Operation): Reason | null =>
  status === OperationStatus.FAILED ? { error_name: error_name ?? status, error_message: error_message ?? '' } : null;

const outcomeOf = ({ status, ended_at }: Operation): Outcome => {
  if (ended_at === null) return 'running';
  return status === OperationStatus.SUCCEEDED ? 'done' : 'failed';
};

const take = async (amphora: Amphora, { start, until, patienceMs = PATIENCE_MS }: RoundOptions): Promise<Turn> => {
  const unstarted = { amphora, operation_id: null, reason: null };
  try {
    const { operationId: operation_id, wait } = await start(amphora.id);
    // However it ends, its record says it.
    await wait(Math.min(patienceMs, Math.max(0, until - Date.now()))).catch(() => undefined);
    const operation = await getOperation(operation_id);
    return { amphora, operation_id, outcome: outcomeOf(operation), reason: reasonOf(operation) };
  } catch (error) {
    if (error instanceof ImmutableObjectError) return { ...unstarted, outcome: 'busy' };
    if (error instanceof AmphoraNotFound) return { ...unstarted, outcome: 'gone' };
    // One that cannot be started must not keep the others waiting.
    logger.error("start of an amphora's upkeep failed", { amphora_id: amphora.id, error: String(error) });
    const error_name = error instanceof Error ? error.name : 'unknown error';
    return { ...unstarted, outcome: 'unstarted', reason: { error_name, error_message: String(error) } };
  }
};

/**
 * Starts an operation for one amphora after another, in the order given, so many at a time, until all had their turn or
 * the time is over. An amphora without a turn is not in the answer: the next round finds it.
 */
export const round = async (amphorae: readonly Amphora[], options: RoundOptions): Promise<readonly Turn[]> => {
  const { atOnce, until } = options;
  const turns: Turn[] = [];
  const turn = async (amphora: Amphora): Promise<void> => void turns.push(await take(amphora, options));
  await forEachOf(amphorae, turn, { atOnce, goesOn: () => Date.now() < until });
  return turns;
};

export interface ProvenRound {
  readonly turns: readonly Turn[];
  /** True when the one that went first was done, and is not as it should be: no other had a turn. */
  readonly halted: boolean;
}

/**
 * A round in which one goes first, and all others only when that one is as it should be afterwards. One that is not
 * done proves nothing, and the next one goes first.
 * @param proof asked once that one is done
 */
export const roundBehindOne = async (
  amphorae: readonly Amphora[],
  options: RoundOptions,
  proof: (amphora: Amphora) => Promise<boolean>,
): Promise<ProvenRound> => {
  const turns: Turn[] = [];
  for (const [index, amphora] of amphorae.entries()) {
    const [turn] = await round([amphora], { ...options, atOnce: Math.min(1, options.atOnce) });
    if (turn === undefined) break;
    turns.push(turn);
    if (turn.outcome !== 'done') continue;
    if (!(await proof(amphora))) return { turns, halted: true };
    turns.push(...(await round(amphorae.slice(index + 1), options)));
    break;
  }
  return { turns, halted: false };
};
