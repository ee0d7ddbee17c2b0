import { LBNotFound } from '../../errors/not-found.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { setExpression } from '../table/expressions.ts';
import { loadBalancerKey } from '../table/keys.ts';
import { inTable, transact } from '../table/transact.ts';

/**
 * Protects a load balancer from deletion, or does so no more. It concerns no amphora, so it is done at once in any state,
 * also in ERROR and beside an operation: only a deletion that has begun goes on.
 * @throws LBNotFound missing, deleted, or being deleted
 */
export const setDeletionProtection = async (loadBalancerId: string, isProtected: boolean): Promise<void> => {
  const update = setExpression({ deletion_protected: isProtected, updated_at: new Date().toISOString() });
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: loadBalancerKey(loadBalancerId),
        ...update,
        ConditionExpression: 'attribute_exists(pk) AND NOT provisioning_status IN (:leaving, :gone)',
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':leaving': ProvisioningStatus.PENDING_DELETE,
          ':gone': ProvisioningStatus.DELETED,
        },
      },
    },
  ]);
  if (refusal !== null) throw new LBNotFound(loadBalancerId);
};
