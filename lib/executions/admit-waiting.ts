import type { Operation } from '../models/operations/operation.ts';
import { planAdmission } from '../repositories/admission/admission-plan.ts';
import { endTurn, takeTurn, writeAdmission } from '../repositories/admission/admission-turns.ts';
import { type ContenderRow, readAdmissions } from '../repositories/admission/admissions.ts';
import { getOwnRecord } from '../repositories/operations/operations.ts';
import { logger } from '../tools/logger.ts';
import { startExecution } from './executions.ts';

/**
 * So often a caller looks again for operations that were queued meanwhile; the next caller or the sweep does the rest.
 */
const LOOKS = 20;

const plan = async () => await planAdmission(await readAdmissions());

type Outcome = 'started' | 'at rest' | { readonly failure: unknown };

const startAdmitted = async (row: ContenderRow, known: Operation | null): Promise<Outcome> => {
  try {
    const operation = known?.id === row.operation_id ? known : await getOwnRecord(row.operation_id);
    // While it was queued.
    if (operation.ended_at !== null) return 'at rest';
    await startExecution(operation);
    logger.info('operation admitted', { operation_id: operation.id, flow: operation.flow });
    return 'started';
  } catch (failure) {
    return { failure };
  }
};

/**
 * Admits as many as one transaction takes. @returns the admitted operations, or null when another process has the
 * admission lease
 */
const haveTurn = async (): Promise<readonly ContenderRow[] | null> => {
  const turn = await takeTurn();
  if (turn === null) return null;
  try {
    const planned = await plan();
    return planned.admitted.length === 0 ? [] : ((await writeAdmission(turn, planned)) ?? []);
  } finally {
    await endTurn(turn);
  }
};

/**
 * Admits and starts every queued operation that there is room for. When another is doing it the caller goes away, and
 * the other looks once more for it. If the caller dies here, the dispatcher starts what was admitted.
 * @param known the operation that was committed just now; its record need not be read
 * @returns how many were started
 * @throws AggregateError some were admitted and could not be started
 */
export const admitWaiting = async (known: Operation | null = null): Promise<number> => {
  const starting: Promise<Outcome>[] = [];
  for (let look = 1; look <= LOOKS; look += 1) {
    const admitted = await haveTurn();
    if (admitted === null) break;
    starting.push(...admitted.map((row) => startAdmitted(row, known)));
    const missed = await plan();
    if (missed.admitted.length === 0) break;
  }
  const outcomes = await Promise.all(starting);
  const failures = outcomes.flatMap((outcome) => (typeof outcome === 'object' ? [outcome.failure] : []));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} operations could not be started`);
  return outcomes.filter((outcome) => outcome === 'started').length;
};
