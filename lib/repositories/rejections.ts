import { type Child, type ChildName, nameOfChild } from '../models/child.ts';
import { type FlowInput, MOST_ERROR_OBJECTS, OperationStatus } from '../models/operation.ts';
import { keyOfChild } from './children.ts';
import { transactFenced } from './fence.ts';
import { setExpression } from './table/expressions.ts';
import { operationKey } from './table/keys.ts';
import { inTable } from './table/transact.ts';

/** Why the wanted values of an object cannot be applied. */
export interface Rejection {
  readonly child: Child;
  /** The operation whose values were refused; a newer change of the object is not touched. */
  readonly operationId: string;
  readonly errorName: string;
  readonly errorMessage: string;
  /** All that is at fault in the operation. @default the object alone */
  readonly atFault?: readonly ChildName[];
}

/**
 * Notes that an object's wanted values were refused, on the object and on the operation that wanted them. An object
 * that has changed since is left alone: its new values have yet to be tried.
 * @throws OperationSuperseded
 */
export const recordRejection = async (flow: FlowInput, rejection: Rejection): Promise<void> => {
  const { child, operationId, errorName, errorMessage } = rejection;
  const reason = {
    error_name: errorName,
    error_message: errorMessage.slice(0, 2000),
    error_objects: (rejection.atFault ?? [nameOfChild(child)]).slice(0, MOST_ERROR_OBJECTS),
  };
  // The holder's own record is closed when it settles; a joined one ends here.
  const ended =
    operationId === flow.operation_id
      ? reason
      : { ...reason, status: OperationStatus.FAILED, ended_at: new Date().toISOString() };
  await transactFenced(flow, [
    {
      Update: {
        ...inTable(),
        Key: keyOfChild(child),
        UpdateExpression: 'SET rejected = :yes',
        ConditionExpression: 'operation_id = :operation',
        ExpressionAttributeValues: { ':yes': true, ':operation': operationId },
      },
    },
    {
      Update: {
        ...inTable(),
        Key: operationKey({ ...flow, id: operationId }),
        ...setExpression(ended),
        ConditionExpression: 'attribute_exists(pk)',
      },
    },
  ]);
};
