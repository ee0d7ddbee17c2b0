import { housekeepingConfig } from '../../lib/config.ts';
import { executionState, startExecution } from '../../lib/executions/executions.ts';
import { logger } from '../../lib/logger.ts';
import { type FlowInput, type Operation, OperationStatus } from '../../lib/models/operation.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settleFailed } from '../../lib/repositories/failed-settlement.ts';
import { type HeldLock, listHeldLocks, takeOverLock } from '../../lib/repositories/lost-locks.ts';
import { getOwnRecord } from '../../lib/repositories/operations.ts';
import { beginRollback, settle } from '../../lib/repositories/settlements.ts';

/** An operation that loses its execution more often than this ends in ERROR instead of going on. */
const RECOVERIES = 3;

const flowOf = (operation: Operation, fence = operation.fence): FlowInput => ({
  operation_id: operation.id,
  fence,
  target: operation.target,
  loadbalancer_id: operation.loadbalancer_id,
  amphora_id: operation.amphora_id,
});

/** Ends what cannot be brought to its end: ERROR with the reason, to be deleted or failed over. */
const giveUp = async (operation: Operation): Promise<void> => {
  const fence = await beginRollback(flowOf(operation), {
    errorName: 'ExecutionLost',
    errorMessage: `The execution was lost ${RECOVERIES + 1} times.`,
  });
  const flow = flowOf(operation, fence);
  if (operation.target === 'amphora') {
    await settle(flow, { changes: { status: AmphoraStatus.ERROR }, outcome: OperationStatus.FAILED });
    return;
  }
  const rest = operation.flow === 'apply-changes' ? ProvisioningStatus.ACTIVE : ProvisioningStatus.ERROR;
  await settleFailed(flow, rest);
};

/** True when the lock was stuck and is taken care of now. */
const recover = async (lock: HeldLock): Promise<boolean> => {
  const holder = await getOwnRecord(lock.operationId);
  const state = await executionState(holder);
  if (state === 'RUNNING') return false;
  if (state === 'ABSENT' && holder.status === OperationStatus.COMMITTED) {
    await startExecution(holder);
    return true;
  }
  const operation = await takeOverLock(lock, holder, 'Its execution ended without bringing the operation to an end.');
  if (operation === null) return false;
  if (operation.recoveries > RECOVERIES) await giveUp(operation);
  else await startExecution(operation);
  logger.warn('operation carried on', {
    operation_id: operation.id,
    lost_operation_id: holder.id,
    flow: holder.flow,
    recoveries: operation.recoveries,
  });
  return true;
};

/**
 * Looks at every lock: one whose execution is not running is taken over under a new fence, and its flow begins again.
 * Runs every minute, and at once when an execution ends badly; twice at the same time does no harm.
 */
export const handler = async (): Promise<{ readonly recovered: number }> => {
  const { recoveryGrace, recoveriesAtOnce } = housekeepingConfig();
  // A younger lock's execution is most likely being started by the very request that took it.
  const locks = await listHeldLocks(new Date(Date.now() - recoveryGrace).toISOString());
  const failures: unknown[] = [];
  let recovered = 0;
  for (const lock of locks) {
    if (recovered >= recoveriesAtOnce) break;
    try {
      if (await recover(lock)) recovered += 1;
    } catch (error) {
      // One that cannot be recovered must not keep the others waiting.
      logger.error('operation could not be recovered', { operation_id: lock.operationId, error: String(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} operations could not be recovered`);
  return { recovered };
};
