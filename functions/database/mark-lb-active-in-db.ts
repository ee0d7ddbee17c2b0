import * as z from 'zod';
import { AmphoraUnreachableError } from '../../lib/errors/cloud.ts';
import { OperationStatus } from '../../lib/models/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settleRows } from '../../lib/repositories/change-settlements.ts';
import { settle } from '../../lib/repositories/settlements.ts';
import { readTree } from '../../lib/repositories/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const input = loadBalancerInput.extend({
  /** One for each amphora that was to get the configuration, where the flow pushed it: whether it took it. */
  pushes: z.array(z.looseObject({ skipped: z.boolean().default(false) })).default([]),
});

/**
 * Last step of a success: everything below the load balancer comes to rest, ACTIVE unless it was refused; the load
 * balancer turns ACTIVE, and its lock is released.
 * @throws AmphoraUnreachableError no amphora took the configuration
 */
export const handler = task({
  name: 'MarkLBActiveInDB',
  input,
  settles: true,
  create:
    () =>
    async ({ loadbalancer_id, pushes }, { flow }) => {
      if (pushes.length > 0 && pushes.every(({ skipped }) => skipped)) {
        throw new AmphoraUnreachableError(`No amphora of load balancer ${loadbalancer_id} took the configuration.`);
      }
      await settleRows(flow, await readTree(loadbalancer_id));
      await settle(flow, {
        changes: { provisioning_status: ProvisioningStatus.ACTIVE },
        outcome: OperationStatus.SUCCEEDED,
      });
      return undefined;
    },
});
