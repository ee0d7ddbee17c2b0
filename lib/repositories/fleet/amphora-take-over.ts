import { type AmphoraRole, VRRP_PRIORITY } from '../../models/objects/amphora.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { statusOf } from '../objects/children.ts';
import { setExpression } from '../table/expressions.ts';
import { amphoraKey } from '../table/keys.ts';
import { inTable } from '../table/transact.ts';
import { updateAmphora } from './amphorae.ts';

export interface TakeOver {
  readonly amphoraId: string;
  readonly role: AmphoraRole;
  /** Ids of the amphorae that it replaces. */
  readonly leaving: readonly string[];
}

/**
 * Gives a new amphora its role, and marks those it replaces for deletion, in one transaction. An amphora without a role
 * has not taken over yet.
 * @throws AmphoraNotFound
 * @throws OperationSuperseded
 */
export const takeOver = async (flow: FlowInput, { amphoraId, role, leaving }: TakeOver): Promise<void> => {
  const updatedAt = new Date().toISOString();
  const rows = leaving.map((id) => ({
    Update: {
      ...inTable(),
      Key: amphoraKey(id, flow.loadbalancer_id),
      ...setExpression({
        status: AmphoraStatus.PENDING_DELETE,
        ...statusOf(flow.operation_id),
        updated_at: updatedAt,
      }),
      ConditionExpression: 'attribute_exists(pk)',
    },
  }));
  await updateAmphora(flow, amphoraId, { role, vrrp_priority: VRRP_PRIORITY[role] }, rows);
};
