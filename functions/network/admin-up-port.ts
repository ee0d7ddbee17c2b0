import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { setAdminState, vipMayCollide } from '../../lib/steps/network/base-ports.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const LEAVING: readonly AmphoraStatus[] = [AmphoraStatus.PENDING_DELETE, AmphoraStatus.DELETED];

/** Undo of AdminDownPort: base ports of the amphorae that stay are up. */
export const adminUpPort =
  (network: Pick<NetworkDriver, 'updatePort'>) =>
  async (loadBalancerId: string): Promise<undefined> => {
    const { tree } = await readTree(loadBalancerId, { withMembers: false });
    if (!vipMayCollide(tree.load_balancer)) return undefined;
    for (const { status, vrrp_port_id: portId } of tree.amphorae) {
      if (portId !== null && !LEAVING.includes(status)) await setAdminState(network, portId, true);
    }
    return undefined;
  };

export const handler = task({
  name: 'AdminUpPort',
  input: loadBalancerInput,
  drivers: networkDriver,
  run: ({ loadbalancer_id }, _context, drivers) => adminUpPort(drivers)(loadbalancer_id),
});
