import * as z from 'zod';
import { listRunning } from '../../lib/executions/executions.ts';
import { recoverLock } from '../../lib/executions/recovery.ts';
import { listWaiting } from '../../lib/repositories/admission/admissions.ts';
import { findLockOf, type HeldLock, listHeldLocks } from '../../lib/repositories/locks/lost-locks.ts';
import { findOwnRecord } from '../../lib/repositories/operations/operations.ts';
import { housekeepingConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { forEachOf } from '../../lib/upkeep/each.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** Locks that are looked at together: each asks Step Functions for its execution. */
const AT_ONCE = 10;

/** EventBridge's word that an execution has ended badly. Executions are named by their operations. */
const statusChange = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ name: z.string() }),
});

/** The lock that an ended execution left behind: none, if it brought its operation to an end. */
const leftBehind = async (operationId: string): Promise<readonly HeldLock[]> => {
  const operation = await findOwnRecord(operationId);
  // An operator started an execution by hand, under another name.
  if (operation === null) return [];
  const lock = await findLockOf(operation);
  return lock === null ? [] : [lock];
};

/** Operations of these locks whose executions run: one list for each flow, instead of a look at each. */
const runningOf = async (locks: readonly HeldLock[]): Promise<readonly string[]> => {
  try {
    return (await Promise.all([...new Set(locks.map(({ flow }) => flow))].map(listRunning))).flat();
  } catch (error) {
    logger.warn('listing executions failed; each one is described', { error: String(error) });
    return [];
  }
};

/** Every lock whose execution may be lost, and is not known to run or to wait. */
const locksInDoubt = async (): Promise<readonly HeldLock[]> => {
  // A younger lock's execution is most likely being started by the very request that took it.
  const locks = await listHeldLocks(new Date(Date.now() - housekeepingConfig().recoveryGrace).toISOString());
  // Both are read after the locks: an operation that is not queued any more has been admitted.
  const waiting = (await listWaiting()).map(({ operation_id }) => operation_id);
  const wellOff = new Set([...waiting, ...(await runningOf(locks))]);
  return locks.filter(({ operationId }) => !wellOff.has(operationId));
};

/** What has ended just now may still be listed as running: its execution itself is asked. */
const locksToLookAt = async (event: unknown): Promise<readonly HeldLock[]> => {
  const ended = statusChange.safeParse(event);
  return ended.success ? await leftBehind(ended.data.detail.name) : await locksInDoubt();
};

/**
 * Looks at every lock, or at the one of an execution that has just ended badly: where no execution is running the lock is
 * taken over under a new fence, and the flow begins again. Runs every minute, and at every such end; twice at the same
 * time does no harm.
 */
export const handler = unlessFrozen(async (event: unknown): Promise<{ readonly recovered: number }> => {
  const { recoveriesAtOnce } = housekeepingConfig();
  const locks = await locksToLookAt(event);
  let recovered = 0;
  const recover = async (lock: HeldLock): Promise<void> => {
    try {
      const { outcome } = await recoverLock(lock);
      if (outcome === 'started' || outcome === 'carried on') recovered += 1;
    } catch (error) {
      logger.error('recovery of an operation failed; the next sweep retries it', {
        operation_id: lock.operationId,
        error: String(error),
      });
      throw error;
    }
  };
  const failures = await forEachOf(locks, recover, {
    atOnce: Math.min(AT_ONCE, recoveriesAtOnce),
    goesOn: () => recovered < recoveriesAtOnce,
  });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} operations could not be recovered`);
  return { recovered };
});
