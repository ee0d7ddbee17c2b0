import { OperationSuperseded } from '../../errors/flow.ts';
import { type Child, type ChildName, nameOfChild } from '../../models/objects/child.ts';
import { type FlowInput, MOST_ERROR_OBJECTS, OperationStatus } from '../../models/operations/operation.ts';
import { keyOfChild } from '../objects/children.ts';
import { updateUnderLock } from '../operations/fence.ts';
import { setExpression } from '../table/expressions.ts';
import { operationKey } from '../table/keys.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';

/** Why the wanted values of an object cannot be applied. */
export interface Rejection {
  readonly child: Child;
  /** The operation whose values were refused; a newer change of the object is not touched. */
  readonly operationId: string;
  readonly errorName: string;
  readonly errorMessage: string;
  /** All that is at fault in the operation. @default the object alone */
  readonly atFault?: readonly ChildName[];
  /** True when no former form of the object can go on either: no amphora has anything of it from now on. @default false */
  readonly unapplied?: boolean;
}

/** The fence, and a generation more: a round that began before it is repeated, so that all amphorae follow. */
const nextGeneration = (flow: FlowInput): TransactItem =>
  updateUnderLock(flow, {
    UpdateExpression: 'SET generation = generation + :one',
    ExpressionAttributeValues: { ':one': 1 },
  });

const refusedRow = ({ child, operationId, unapplied = false }: Rejection): TransactItem => ({
  Update: {
    ...inTable(),
    Key: keyOfChild(child),
    UpdateExpression: `SET rejected = :yes${unapplied ? ', was_applied = :no, applied = :none' : ''}`,
    ConditionExpression: 'operation_id = :operation',
    ExpressionAttributeValues: {
      ':yes': true,
      ':operation': operationId,
      ...(unapplied ? { ':no': false, ':none': null } : {}),
    },
  },
});

/** What has ended stays as it ended, unless this flow carries it. */
const IS_CARRIED =
  '(attribute_not_exists(ended_at) OR ended_at = :none OR #status = :superseded OR joined_to = :holder)';

const reasonOn = (flow: FlowInput, rejection: Rejection): TransactItem => {
  const { child, operationId, errorName, errorMessage, atFault = [nameOfChild(child)] } = rejection;
  const reason = {
    error_name: errorName,
    error_message: errorMessage.slice(0, 2000),
    error_objects: atFault.slice(0, MOST_ERROR_OBJECTS),
  };
  // The holder's own record is closed when it settles; a joined one ends here.
  const update = setExpression(
    operationId === flow.operation_id
      ? reason
      : { ...reason, status: OperationStatus.FAILED, ended_at: new Date().toISOString() },
  );
  return {
    Update: {
      ...inTable(),
      Key: operationKey({ ...flow, id: operationId }),
      UpdateExpression: update.UpdateExpression,
      ConditionExpression: `attribute_exists(pk) AND ${IS_CARRIED}`,
      ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#status': 'status' },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':none': null,
        ':superseded': OperationStatus.SUPERSEDED,
        ':holder': flow.operation_id,
      },
    },
  };
};

/**
 * Notes that an object's wanted values were refused, on the object and on the operation that wanted them, unless that
 * has ended. An object that has changed since is left alone: its new values have yet to be tried.
 * @throws OperationSuperseded
 */
export const recordRejection = async (flow: FlowInput, rejection: Rejection): Promise<void> => {
  const rows = [nextGeneration(flow), refusedRow(rejection)];
  const refusal = await transact([...rows, reasonOn(flow, rejection)]);
  const withoutReason = refusal?.index === rows.length ? await transact(rows) : refusal;
  if (withoutReason?.index === 0) throw new OperationSuperseded(flow.operation_id);
};

/**
 * Takes a rejection back: what was refused as it had been applied can be applied again alone.
 * @throws OperationSuperseded
 */
export const withdrawRejection = async (
  flow: FlowInput,
  { child, operationId }: Pick<Rejection, 'child' | 'operationId'>,
): Promise<void> => {
  const refusal = await transact([
    nextGeneration(flow),
    {
      Update: {
        ...inTable(),
        Key: keyOfChild(child),
        UpdateExpression: 'SET rejected = :no',
        ConditionExpression: 'operation_id = :operation AND rejected = :yes',
        ExpressionAttributeValues: { ':no': false, ':yes': true, ':operation': operationId },
      },
    },
  ]);
  if (refusal?.index === 0) throw new OperationSuperseded(flow.operation_id);
};
