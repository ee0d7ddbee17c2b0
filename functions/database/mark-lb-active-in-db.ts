import * as z from 'zod';
import { AmphoraUnreachableError } from '../../lib/errors/cloud.ts';
import { IngressRulesStaleError } from '../../lib/errors/flow.ts';
import { effectiveTree } from '../../lib/models/objects/effective-tree.ts';
import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { settleRows } from '../../lib/repositories/locks/change-settlements.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { readTree, type TreeRead } from '../../lib/repositories/objects/trees.ts';
import { rulesChecksum, wantedIngressRules } from '../../lib/steps/network/vip-security-group.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const input = loadBalancerInput.extend({
  /** One for each amphora that was to get the configuration, where the flow pushed it: whether it took it. */
  pushes: z.array(z.looseObject({ skipped: z.boolean().default(false) })).default([]),
  /** True where the ingress rules were made before it was known what is rejected. */
  rules_first: z.boolean().default(false),
});

const haveStaleRules = ({ tree, changes }: TreeRead): boolean =>
  rulesChecksum(wantedIngressRules(effectiveTree(tree, changes))) !== tree.load_balancer.ingress_checksum;

/**
 * Last step of a success: everything below the load balancer is settled, ACTIVE unless it was rejected; the load
 * balancer turns ACTIVE, and its lock is released.
 * @throws AmphoraUnreachableError no amphora took the configuration
 * @throws IngressRulesStaleError a port is open for a listener that was rejected
 */
export const handler = task({
  name: 'MarkLBActiveInDB',
  input,
  settles: true,
  run: async ({ loadbalancer_id, pushes, rules_first }, { flow }) => {
    if (pushes.length > 0 && pushes.every(({ skipped }) => skipped)) {
      throw new AmphoraUnreachableError(`No amphora of load balancer ${loadbalancer_id} took the configuration.`);
    }
    const read = await readTree(loadbalancer_id);
    if (rules_first && haveStaleRules(read)) throw new IngressRulesStaleError(loadbalancer_id);
    await settleRows(flow, read);
    await settle(flow, {
      changes: { provisioning_status: ProvisioningStatus.ACTIVE },
      outcome: OperationStatus.SUCCEEDED,
    });
    return undefined;
  },
});
