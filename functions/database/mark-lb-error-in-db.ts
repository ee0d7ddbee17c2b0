import { OperationStatus } from '../../lib/models/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settle } from '../../lib/repositories/settlements.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Last step of a failure: the load balancer turns to ERROR, its lock is released; it can be failed over or deleted. */
export const handler = task({
  name: 'MarkLBErrorInDB',
  input: loadBalancerInput,
  settles: true,
  create:
    () =>
    async (_input, { flow }) => {
      await settle(flow, {
        changes: { provisioning_status: ProvisioningStatus.ERROR },
        outcome: OperationStatus.FAILED,
      });
      return undefined;
    },
});
