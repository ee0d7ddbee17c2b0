import type { Operation } from '../models/operations/operation.ts';
import { isLimited } from '../repositories/admission/admissions.ts';
import { logger } from '../tools/logger.ts';
import { startExecution } from './executions.ts';

/**
 * Starts a committed operation at once, or as soon as the limits that concern it have room; when that fails the
 * dispatcher does it, within about a minute.
 */
export const startNowOrLater = async (operation: Operation): Promise<void> => {
  try {
    // Most requests of the API are changes that no limit concerns.
    if (isLimited(operation)) await (await import('./admit-waiting.ts')).admitWaiting(operation);
    else await startExecution(operation);
  } catch (error) {
    logger.error('operation could not be started', { operation_id: operation.id, error: String(error) });
  }
};
