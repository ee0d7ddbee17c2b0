import { housekeepingConfig } from '../../lib/config.ts';
import { startExecution } from '../../lib/executions/executions.ts';
import { logger } from '../../lib/logger.ts';
import { listUnstartedOperations } from '../../lib/repositories/operations.ts';

/**
 * Starts what was committed and never started: the caller died in between, or Step Functions was out of reach then.
 * Starting twice is harmless, since the execution is named by its operation.
 */
export const handler = async (): Promise<{ readonly started: number }> => {
  // Younger ones are most likely being started by the very request that committed them.
  const before = new Date(Date.now() - housekeepingConfig().dispatchGrace).toISOString();
  const operations = await listUnstartedOperations(before);
  const failures: unknown[] = [];
  for (const operation of operations) {
    try {
      await startExecution(operation);
      logger.info('operation started', { operation_id: operation.id, flow: operation.flow });
    } catch (error) {
      // One that cannot be started must not keep the others waiting.
      logger.error('operation could not be started', { operation_id: operation.id, error: String(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} operations could not be started`);
  return { started: operations.length };
};
