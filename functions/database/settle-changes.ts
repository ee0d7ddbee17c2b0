import * as z from 'zod';
import { AmphoraUnreachableError } from '../../lib/errors/cloud.ts';
import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { closeForSettling, settleRows } from '../../lib/repositories/locks/change-settlements.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { getFlowOperation } from '../../lib/repositories/operations/operations.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const input = loadBalancerInput.extend({
  prepared: z.object({ generation: z.int() }),
  followed: z.object({ pushes: z.array(z.looseObject({ skipped: z.boolean().default(false) })) }),
});

/**
 * Settles everything, if nothing was committed since the configuration was read: `{ settled: true }`. Otherwise the
 * flow does another round with what came in: `{ settled: false }`.
 * @throws AmphoraUnreachableError no amphora took the configuration
 */
export const handler = task({
  name: 'SettleChanges',
  input,
  settles: true,
  settled: { settled: true },
  run: async ({ loadbalancer_id, prepared, followed: { pushes } }, { flow }) => {
    if (pushes.length > 0 && pushes.every(({ skipped }) => skipped)) {
      throw new AmphoraUnreachableError(`No amphora of load balancer ${loadbalancer_id} took the configuration.`);
    }
    if (!(await closeForSettling(flow, prepared.generation))) return { settled: false };
    await settleRows(flow, await readTree(loadbalancer_id));
    const { error_name: refused } = await getFlowOperation(flow);
    await settle(flow, {
      changes: { provisioning_status: ProvisioningStatus.ACTIVE },
      outcome: refused === null ? OperationStatus.SUCCEEDED : OperationStatus.FAILED,
    });
    return { settled: true };
  },
});
