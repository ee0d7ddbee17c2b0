import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settleFailed } from '../../lib/repositories/locks/failed-settlement.ts';
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
  run: async (_input, { flow }) => {
    await settleFailed(flow, ProvisioningStatus.ERROR);
    return undefined;
  },
});
