import { OperationStatus } from '../../lib/models/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { failRows } from '../../lib/repositories/change-settlements.ts';
import { settle } from '../../lib/repositories/settlements.ts';
import { unstageRows } from '../../lib/repositories/staged-rows.ts';
import { readTree } from '../../lib/repositories/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/**
 * Last step of a failure: the load balancer turns to ERROR, and so does what was to come with it; its lock is released,
 * and it can be failed over or deleted.
 */
export const handler = task({
  name: 'MarkLBErrorInDB',
  input: loadBalancerInput,
  settles: true,
  create:
    () =>
    async ({ loadbalancer_id }, { flow }) => {
      await unstageRows(flow);
      await failRows(flow, await readTree(loadbalancer_id));
      await settle(flow, {
        changes: { provisioning_status: ProvisioningStatus.ERROR },
        outcome: OperationStatus.FAILED,
      });
      return undefined;
    },
});
