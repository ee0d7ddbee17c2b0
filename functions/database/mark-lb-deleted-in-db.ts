import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { OperatingStatus, ProvisioningStatus } from '../../lib/models/statuses.ts';
import { releasePort } from '../../lib/repositories/cloud/port-claims.ts';
import { releaseFlavorAndZone } from '../../lib/repositories/flavors-and-zones/holds.ts';
import { forgetHealth } from '../../lib/repositories/health/reports.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { removeChildren } from '../../lib/repositories/locks/tree-removal.ts';
import { getTree } from '../../lib/repositories/objects/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Last step of a deletion: nothing is left below the load balancer, and it leaves every list; its row is purged later. */
export const handler = task({
  name: 'MarkLBDeletedInDB',
  input: loadBalancerInput,
  settles: true,
  run: async ({ loadbalancer_id }, { flow }) => {
    const tree = await getTree(loadbalancer_id);
    await removeChildren(flow, tree);
    // Deleted amphorae must not count as stale: many of them would look like a storm.
    for (const { id } of tree.amphorae) await forgetHealth(id);
    await settle(flow, {
      changes: { provisioning_status: ProvisioningStatus.DELETED, operating_status: OperatingStatus.OFFLINE },
      outcome: OperationStatus.SUCCEEDED,
      rows: [...releaseFlavorAndZone(tree.load_balancer), ...releasePort(tree.load_balancer)],
      gives: { projectId: tree.load_balancer.project_id, amounts: { load_balancer: 1 } },
    });
    return undefined;
  },
});
