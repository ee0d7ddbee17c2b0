import { OperationFailedError } from '../errors/flow.ts';
import { executionArn } from '../executions/executions.ts';
import { type Operation, OperationStatus } from '../models/operations/operation.ts';
import { getOperation } from '../repositories/operations/operations.ts';

/** What every method of the controller worker answers: the operation runs, and can be waited for. */
export interface OperationHandle {
  readonly operationId: string;
  readonly executionArn: string;
  /** The amphora or load balancer the operation is about. */
  readonly resourceId: string;
  /**
   * Resolves with the record of the successful operation.
   * @param timeoutMs default 600,000
   * @throws OperationFailedError it failed, was superseded, or is still running at the end of the time
   */
  wait(timeoutMs?: number): Promise<Operation>;
}

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

const ended = (operation: Operation): boolean => operation.ended_at !== null;

const waitFor = async (operationId: string, timeoutMs: number): Promise<Operation> => {
  const deadline = Date.now() + timeoutMs;
  let pause = FIRST_PAUSE_MS;
  let operation = await getOperation(operationId);
  while (!ended(operation) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(MAX_PAUSE_MS, pause * 1.3);
    operation = await getOperation(operationId);
  }
  if (operation.status === OperationStatus.SUCCEEDED) return operation;
  throw new OperationFailedError(
    operationId,
    operation.error_name ?? (ended(operation) ? operation.status : 'StillRunning'),
    operation.error_message ?? `status ${operation.status} after ${timeoutMs} ms`,
    operation.failed_step,
  );
};

export const operationHandle = (operation: Operation): OperationHandle => ({
  operationId: operation.id,
  executionArn: executionArn(operation),
  resourceId: (operation.target === 'amphora' ? operation.amphora_id : operation.loadbalancer_id) ?? '',
  wait: (timeoutMs = 600_000) => waitFor(operation.id, timeoutMs),
});
