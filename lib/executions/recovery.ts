import { NothingToRedriveError } from '../errors/conflict.ts';
import { OperationSuperseded } from '../errors/flow.ts';
import { FLOW_FACTS } from '../models/flows.ts';
import { type FlowInput, type Operation, OperationStatus, type Requester } from '../models/operations/operation.ts';
import { AmphoraStatus, ProvisioningStatus } from '../models/statuses.ts';
import { isWaiting } from '../repositories/admission/admissions.ts';
import { settleFailed } from '../repositories/locks/failed-settlement.ts';
import { findLockOf, type HeldLock, RECOVERIES, takeOverLock } from '../repositories/locks/lost-locks.ts';
import { beginRollback, settle } from '../repositories/locks/settlements.ts';
import { getOwnRecord } from '../repositories/operations/operations.ts';
import { logger } from '../tools/logger.ts';
import { type ExecutionState, executionState, startExecution, stopExecution } from './executions.ts';
import { startNowOrLater } from './start-operation.ts';

/**
 * What became of a lock that was looked at: its execution is at work; its operation is queued for a limit; it is no
 * longer the lock that was seen; it had never been started and is now; a new operation carries it on, or has ended it.
 */
export type Recovery =
  | { readonly outcome: 'running' }
  | { readonly outcome: 'waiting' }
  | { readonly outcome: 'moved' }
  | { readonly outcome: 'started' | 'carried on'; readonly operation: Operation };

const flowOf = (operation: Operation, fence = operation.fence): FlowInput => ({
  operation_id: operation.id,
  fence,
  target: operation.target,
  loadbalancer_id: operation.loadbalancer_id,
  amphora_id: operation.amphora_id,
});

export const isGivenUp = ({ recoveries }: Operation): boolean => recoveries > RECOVERIES;

/** True once its rollback has begun, under the fence that the record has. */
const isUndone = ({ failed_step, resumes_rollback }: Operation): boolean => failed_step !== null && !resumes_rollback;

/**
 * Ends what cannot be brought to its end: ERROR with the reason, to be deleted or failed over; after upkeep the amphora is
 * as it was. No execution shows that this is under way, so the next sweep does the same beside it or after its death: under
 * the same fence, from where it stands.
 * @throws OperationSuperseded another sweep has ended the operation, or an operator has begun it again
 */
const end = async (operation: Operation): Promise<void> => {
  const { fence } = isUndone(operation)
    ? operation
    : {
        fence: await beginRollback(flowOf(operation), {
          errorName: 'ExecutionLost',
          errorMessage: `The execution was lost ${RECOVERIES + 1} times.`,
        }),
      };
  const flow = flowOf(operation, fence);
  const { givenUp } = FLOW_FACTS[operation.flow];
  if (operation.target === 'amphora') {
    // It may be one that serves, and works on as it is.
    const changes = givenUp === 'as it was' ? { cert_busy: false } : { status: AmphoraStatus.ERROR };
    await settle(flow, { changes, outcome: OperationStatus.FAILED });
    return;
  }
  await settleFailed(flow, givenUp === 'active' ? ProvisioningStatus.ACTIVE : ProvisioningStatus.ERROR);
};

/** Ends an operation that was lost too often; 'moved' when it has ended, or was begun again, meanwhile. */
export const giveUp = async (operation: Operation): Promise<Recovery> => {
  try {
    await end(operation);
  } catch (error) {
    if (error instanceof OperationSuperseded) return { outcome: 'moved' };
    throw error;
  }
  logger.warn('operation given up: its execution was lost too often', {
    operation_id: operation.id,
    flow: operation.flow,
    recoveries: operation.recoveries,
  });
  return { outcome: 'carried on', operation };
};

/** What an operator asks for. */
export interface Redrive {
  readonly requester: Requester;
  /** Also when the execution runs: it is stopped first. */
  readonly force: boolean;
}

const LOST = {
  errorName: 'ExecutionLost',
  errorMessage: 'Its execution ended without bringing the operation to an end.',
};
const REDRIVEN = { errorName: 'Redriven', errorMessage: 'An operator has begun it again.' };

const carryOn = async (lock: HeldLock, holder: Operation, redrivenBy: Requester | null): Promise<Recovery> => {
  const operation = await takeOverLock(lock, holder, redrivenBy === null ? LOST : REDRIVEN, redrivenBy);
  if (operation === null) return { outcome: 'moved' };
  if (isGivenUp(operation)) return await giveUp(operation);
  await startNowOrLater(operation);
  logger.warn('lost operation restarted', {
    operation_id: operation.id,
    lost_operation_id: holder.id,
    flow: holder.flow,
    recoveries: operation.recoveries,
    redriven_by: redrivenBy?.user_id ?? null,
  });
  return { outcome: 'carried on', operation };
};

const stateOf = async (holder: Operation, stop: boolean): Promise<ExecutionState> => {
  const state = await executionState(holder);
  if (state !== 'RUNNING' || !stop) return state;
  await stopExecution(holder);
  return 'ENDED';
};

/**
 * Looks after a lock whose holder may have lost its execution: starts what never was, lets a new operation under a new
 * fence begin the flow again, and goes on giving up what was lost too often. Twice at the same time does no harm.
 * @param redriven by an operator, with a fresh count of losses; null when it is found by the sweep
 */
export const recoverLock = async (lock: HeldLock, redriven: Redrive | null = null): Promise<Recovery> => {
  const holder = await getOwnRecord(lock.operationId);
  const state = await stateOf(holder, redriven?.force ?? false);
  if (state === 'RUNNING') return { outcome: 'running' };
  if (state === 'ABSENT' && holder.status === OperationStatus.COMMITTED) {
    if (await isWaiting(holder.id)) return { outcome: 'waiting' };
    await startExecution(holder);
    return { outcome: 'started', operation: holder };
  }
  if (redriven === null && isGivenUp(holder)) return await giveUp(holder);
  return await carryOn(lock, holder, redriven?.requester ?? null);
};

/** Why an operation that holds no lock cannot be redriven. */
const atRest = ({ id, status, joined_to }: Operation): NothingToRedriveError => {
  switch (status) {
    case OperationStatus.JOINED:
      return new NothingToRedriveError(id, `is carried by operation ${joined_to}`);
    case OperationStatus.SUPERSEDED:
      return new NothingToRedriveError(id, `was carried on by operation ${joined_to}`);
    default:
      return new NothingToRedriveError(id, `has ended (${status})`);
  }
};

const ATTEMPTS = 3;

/**
 * Restarts an operation that does not end, for an operator.
 * @returns the operation that carries on: a new one, or the same when it had never been started
 * @throws OperationNotFoundError
 * @throws NothingToRedriveError it is settled, or its execution runs and is not to be stopped
 */
export const redrive = async (operationId: string, asked: Redrive): Promise<Operation> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const operation = await getOwnRecord(operationId);
    const lock = await findLockOf(operation);
    if (lock === null) throw atRest(operation);
    const recovery = await recoverLock(lock, asked);
    if (recovery.outcome === 'running') {
      throw new NothingToRedriveError(operationId, 'is running; with force its execution is stopped first');
    }
    if (recovery.outcome === 'waiting') {
      throw new NothingToRedriveError(operationId, 'waits for a limit; it begins when its turn has come');
    }
    // Moved: it was settled just now, or has begun to undo what it did.
    if (recovery.outcome !== 'moved') return recovery.operation;
  }
  throw new NothingToRedriveError(operationId, 'is on its way: its fence keeps moving');
};
