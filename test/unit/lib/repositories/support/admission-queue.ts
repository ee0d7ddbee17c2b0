import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { readAdmissions } from '../../../../../lib/repositories/admission/admissions.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import {
  admissionTurnKey,
  holderKey,
  loadBalancerKey,
  waitingKey,
} from '../../../../../lib/repositories/table/keys.ts';

export { loadBalancerKey };

/** Empties the queue and the limits: the table is shared by many tests. */
export const emptyQueue = async (): Promise<void> => {
  const { holders, waiting } = await readAdmissions();
  const keys = [
    admissionTurnKey,
    ...holders.map(({ operation_id }) => holderKey(operation_id)),
    ...waiting.map(({ operation_id }) => waitingKey(operation_id)),
  ];
  for (const Key of keys) await documents().send(new DeleteCommand({ TableName: tableName(), Key }));
};
