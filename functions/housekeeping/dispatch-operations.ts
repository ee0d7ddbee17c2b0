import { admitWaiting } from '../../lib/executions/admit-waiting.ts';
import { startExecution } from '../../lib/executions/executions.ts';
import type { Operation } from '../../lib/models/operations/operation.ts';
import { listWaiting } from '../../lib/repositories/admission/admissions.ts';
import { listUnstartedOperations } from '../../lib/repositories/operations/operations.ts';
import { housekeepingConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { forEachOf } from '../../lib/upkeep/each.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** Requests to Step Functions at the same time. */
const AT_ONCE = 10;

const start = async (operation: Operation): Promise<void> => {
  try {
    await startExecution(operation);
    logger.info('operation started', { operation_id: operation.id, flow: operation.flow });
  } catch (error) {
    logger.error('operation could not be started', { operation_id: operation.id, error: String(error) });
    throw error;
  }
};

/**
 * Starts what was committed and never started: the caller died in between, or Step Functions was out of reach then.
 * Starting twice is harmless, since the execution is named by its operation. Queued operations are admitted when there
 * is room, also if the event of an operation's end was lost.
 */
export const handler = unlessFrozen(async (): Promise<{ readonly started: number; readonly waiting: number }> => {
  // Younger ones are most likely being started by the very request that committed them.
  const before = new Date(Date.now() - housekeepingConfig().dispatchGrace).toISOString();
  const unstarted = await listUnstartedOperations(before);
  // Read after the operations: one that is not queued any more has been admitted.
  const waiting = await listWaiting();
  const queued = new Set(waiting.map(({ operation_id }) => operation_id));
  const operations = unstarted.filter(({ id }) => !queued.has(id));
  const failures = await forEachOf(operations, start, { atOnce: AT_ONCE });
  const admitted = waiting.length === 0 ? 0 : await admitWaiting();
  if (waiting.length > 0) logger.info('operations queued', { waiting: waiting.length - admitted });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} operations could not be started`);
  return { started: operations.length + admitted, waiting: Math.max(0, waiting.length - admitted) };
});
