import * as z from 'zod';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../lib/errors/cloud.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { setAdminState, vipMayCollide } from '../../lib/steps/network/base-ports.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { poll } from '../../lib/tools/poll.ts';

const input = loadBalancerInput.extend({ leaving: z.array(z.object({ amphora_id: z.guid() })) });

const DOWN = { budgetMs: 15_000, intervalMs: 250 };

const isDown = async (network: Pick<NetworkDriver, 'getPort'>, portId: string): Promise<true | null> => {
  try {
    return (await network.getPort(portId)).status === 'DOWN' ? true : null;
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return true;
    throw error;
  }
};

/**
 * Takes the old amphora's base port down, where the new one could not have the VIP otherwise, and waits a while for it.
 * A port that Neutron does not call down in time is no reason to leave a dead amphora in its place.
 */
export const adminDownPort =
  (network: Pick<NetworkDriver, 'getPort' | 'updatePort'>) =>
  async ({ loadbalancer_id, leaving }: z.infer<typeof input>): Promise<undefined> => {
    const { tree } = await readTree(loadbalancer_id, { withMembers: false });
    if (!vipMayCollide(tree.load_balancer)) return undefined;
    const ids = new Set(leaving.map(({ amphora_id }) => amphora_id));
    for (const { id, vrrp_port_id: portId } of tree.amphorae) {
      if (portId === null || !ids.has(id)) continue;
      if ((await setAdminState(network, portId, false)) !== null) await poll(DOWN, () => isDown(network, portId));
    }
    return undefined;
  };

export const handler = task({
  name: 'AdminDownPort',
  input,
  drivers: networkDriver,
  run: (event, _context, drivers) => adminDownPort(drivers)(event),
});
