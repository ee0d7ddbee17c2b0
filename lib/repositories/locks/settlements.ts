import { OperationSuperseded } from '../../errors/flow.ts';
import type { QuotaAmounts } from '../../models/objects/quota.ts';
import type { FlowInput, Operation, OperationStatus } from '../../models/operations/operation.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { statusOf } from '../objects/children.ts';
import { updateUnderLock } from '../operations/fence.ts';
import { expireOperationPointer, getFlowOperation, operationExpiry } from '../operations/operations.ts';
import { transactGiving } from '../quotas/quota-counts.ts';
import { REMOVE, setExpression } from '../table/expressions.ts';
import { flowOperationKey, Work } from '../table/keys.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';

export interface Settlement {
  /** Attributes of the locked row besides the lock: its status first of all. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly outcome: typeof OperationStatus.SUCCEEDED | typeof OperationStatus.FAILED;
  /** Other rows of the same moment. */
  readonly rows?: readonly TransactItem[];
  /** What the project has less from that moment on. */
  readonly gives?: { readonly projectId: string; readonly amounts: QuotaAmounts };
}

/** Why an operation ends that could not do what it was asked for. */
export type Failure = Pick<Operation, 'failed_step' | 'error_name' | 'error_message'>;

/** Closes the record, as part of the transaction that releases or takes away the lock. */
export const closeOperation = (
  flow: FlowInput,
  outcome: OperationStatus,
  endedAt: string,
  failure: Failure | null = null,
): readonly [TransactItem, TransactItem] => {
  const key = flowOperationKey(flow);
  const expiry = operationExpiry(endedAt);
  const update = setExpression({ status: outcome, ended_at: endedAt, work_key: REMOVE, ...expiry, ...failure });
  return [
    { Update: { ...inTable(), Key: key, ...update, ConditionExpression: 'attribute_exists(pk)' } },
    expireOperationPointer(flow.operation_id, key, expiry),
  ];
};

/** A deleted row leaves every list, and waits under its own key for housekeeping. */
const listing = (changes: Readonly<Record<string, unknown>>, endedAt: string) => {
  const deleted = { work_at: endedAt, project_key: REMOVE, type_key: REMOVE };
  if (changes.provisioning_status === ProvisioningStatus.DELETED) return { work_key: Work.DELETED, ...deleted };
  if (changes.status === AmphoraStatus.DELETED) return { work_key: Work.DELETED_AMPHORA, ...deleted };
  return { work_key: REMOVE, work_at: REMOVE };
};

/**
 * Ends an operation: statuses, release of the lock and closing of the record in one transaction. Settling again
 * after a lost answer is a success.
 * @throws OperationSuperseded the lock is another operation's; nothing is written
 */
export const settle = async (flow: FlowInput, settlement: Settlement): Promise<void> => {
  const endedAt = new Date().toISOString();
  const update = setExpression({
    updated_at: endedAt,
    ...settlement.changes,
    ...listing(settlement.changes, endedAt),
    ...(settlement.changes.provisioning_status === ProvisioningStatus.ACTIVE && { incomplete: false }),
    ...statusOf(flow.operation_id),
    lock: null,
  });
  const { projectId, amounts } = settlement.gives ?? { projectId: '', amounts: {} };
  const refusal = await transactGiving(projectId, amounts, [
    updateUnderLock(flow, update),
    ...closeOperation(flow, settlement.outcome, endedAt),
    ...(settlement.rows ?? []),
  ]);
  if (refusal === null) return;
  const operation = await getFlowOperation(flow);
  if (operation.fence === flow.fence && operation.ended_at !== null) return;
  throw new OperationSuperseded(flow.operation_id);
};

/**
 * Moves the operation to a new fence before it is undone, so that its own handlers still on their way can write nothing
 * more, closes the lock for joins, because they would not be applied, and records the reason. Beginning again after a
 * lost answer answers the same fence.
 * @throws OperationSuperseded
 */
export const beginRollback = async (
  flow: FlowInput,
  reason: { readonly errorName: string; readonly errorMessage: string },
): Promise<number> => {
  const operation = await getFlowOperation(flow);
  if (operation.ended_at !== null) throw new OperationSuperseded(flow.operation_id);
  if (operation.fence === flow.fence + 1 && operation.error_name !== null) return operation.fence;
  if (operation.fence !== flow.fence) throw new OperationSuperseded(flow.operation_id);
  const next = flow.fence + 1;
  // What is undone since a former execution has its reason already.
  const { error_name, error_message, failed_step } = operation.resumes_rollback
    ? operation
    : {
        error_name: reason.errorName,
        error_message: reason.errorMessage.slice(0, 2000),
        failed_step: failedStepOf(operation),
      };
  const refusal = await transact([
    updateUnderLock(flow, {
      UpdateExpression: 'SET #fence = :next, #lock.#lock_fence = :next, #lock.#closing = :yes',
      ExpressionAttributeNames: { '#fence': 'fence', '#closing': 'closing' },
      ExpressionAttributeValues: { ':next': next, ':yes': true },
    }),
    {
      Update: {
        ...inTable(),
        Key: flowOperationKey(flow),
        UpdateExpression:
          'SET #fence = :next, error_name = :name, error_message = :message, failed_step = :step, resumes_rollback = :no',
        ConditionExpression: '#fence = :fence',
        ExpressionAttributeNames: { '#fence': 'fence' },
        ExpressionAttributeValues: {
          ':fence': flow.fence,
          ':next': next,
          ':name': error_name,
          ':message': error_message,
          ':step': failed_step,
          ':no': false,
        },
      },
    },
  ]);
  if (refusal !== null) throw new OperationSuperseded(flow.operation_id);
  return next;
};

/** The rollback's own first step, which runs while it asks. */
const ROLLBACK_STEP = 'BeginRollback';

/** The step that failed last, else the one that never came back, else the flow itself: it failed between two steps. */
export const failedStepOf = ({ steps, flow }: Operation): string => {
  const failed = steps.findLast(({ outcome }) => outcome === 'failed');
  const hanging = steps.findLast(({ outcome, name }) => outcome === 'running' && name !== ROLLBACK_STEP);
  return (failed ?? hanging)?.name ?? flow;
};
