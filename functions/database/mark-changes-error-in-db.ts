import { OperationStatus } from '../../lib/models/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { failRows } from '../../lib/repositories/change-settlements.ts';
import { settle } from '../../lib/repositories/settlements.ts';
import { unstageRows } from '../../lib/repositories/staged-rows.ts';
import { readTree } from '../../lib/repositories/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/**
 * Last step of changes that could not be applied: the objects that changed carry ERROR, the load balancer is unlocked
 * and ACTIVE, since it serves what it served. The wanted values stay, and the next push tries them again.
 */
export const handler = task({
  name: 'MarkChangesErrorInDB',
  input: loadBalancerInput,
  settles: true,
  create:
    () =>
    async ({ loadbalancer_id }, { flow }) => {
      await unstageRows(flow);
      await failRows(flow, await readTree(loadbalancer_id));
      await settle(flow, {
        changes: { provisioning_status: ProvisioningStatus.ACTIVE },
        outcome: OperationStatus.FAILED,
      });
      return undefined;
    },
});
