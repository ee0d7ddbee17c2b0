import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settleFailed } from '../../lib/repositories/locks/failed-settlement.ts';
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
  run: async (_input, { flow }) => {
    await settleFailed(flow, ProvisioningStatus.ACTIVE);
    return undefined;
  },
});
