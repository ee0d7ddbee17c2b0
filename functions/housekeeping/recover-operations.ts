import { housekeepingConfig } from '../../lib/config.ts';
import { logger } from '../../lib/logger.ts';
import { recoverLock } from '../../lib/recovery.ts';
import { listWaiting } from '../../lib/repositories/admissions.ts';
import { listHeldLocks } from '../../lib/repositories/lost-locks.ts';

/**
 * Looks at every lock: one whose execution is not running is taken over under a new fence, and its flow begins again.
 * Runs every minute, and at once when an execution ends badly; twice at the same time does no harm.
 */
export const handler = async (): Promise<{ readonly recovered: number }> => {
  const { recoveryGrace, recoveriesAtOnce } = housekeepingConfig();
  // A younger lock's execution is most likely being started by the very request that took it.
  const locks = await listHeldLocks(new Date(Date.now() - recoveryGrace).toISOString());
  // Read after the locks: whoever of them is not in line any more has been let in.
  const waiting = new Set((await listWaiting()).map(({ operation_id }) => operation_id));
  const failures: unknown[] = [];
  let recovered = 0;
  for (const lock of locks.filter(({ operationId }) => !waiting.has(operationId))) {
    if (recovered >= recoveriesAtOnce) break;
    try {
      const { outcome } = await recoverLock(lock);
      if (outcome === 'started' || outcome === 'carried on') recovered += 1;
    } catch (error) {
      // One that cannot be recovered must not keep the others waiting.
      logger.error('operation could not be recovered', { operation_id: lock.operationId, error: String(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} operations could not be recovered`);
  return { recovered };
};
