import { OperationStatus } from '../../lib/models/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settle } from '../../lib/repositories/settlements.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Last step of a success: the load balancer turns ACTIVE, and its lock is released. */
export const handler = task({
  name: 'MarkLBActiveInDB',
  input: loadBalancerInput,
  settles: true,
  create:
    () =>
    async (_input, { flow }) => {
      await settle(flow, {
        changes: { provisioning_status: ProvisioningStatus.ACTIVE },
        outcome: OperationStatus.SUCCEEDED,
      });
      return undefined;
    },
});
