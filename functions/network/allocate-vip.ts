import { networkDriver } from '../../lib/drivers/network/index.ts';
import { ensureVipPort } from '../../lib/drivers/network/vip-port.ts';
import { vipPortName } from '../../lib/models/names.ts';
import { noteResourceId, recordIntent } from '../../lib/repositories/external-resources.ts';
import { updateLoadBalancer } from '../../lib/repositories/load-balancer-changes.ts';
import { getLoadBalancer } from '../../lib/repositories/load-balancers.ts';
import { noteMade } from '../../lib/task/note-made.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Makes sure that the VIP's port is there with all its addresses; a lost one is made again with the same addresses. */
export const handler = task({
  name: 'AllocateVIP',
  input: loadBalancerInput,
  create: () => {
    const network = networkDriver();
    return async ({ loadbalancer_id }, { flow }) => {
      const loadBalancer = await getLoadBalancer(loadbalancer_id);
      const resource = {
        kind: 'port' as const,
        name: vipPortName(loadbalancer_id),
        network_id: loadBalancer.vip.network_id,
        loadbalancer_id,
        amphora_id: null,
      };
      let isNew = false;
      const port = await ensureVipPort(network, loadBalancer, async () => {
        await recordIntent(flow, resource);
        isNew = true;
      });
      if (port.id === loadBalancer.vip.port_id) return undefined;
      const change = {
        vip: { ...loadBalancer.vip, port_id: port.id, octavia_owned: true },
        additional_vips: loadBalancer.additional_vips.map((vip) => ({ ...vip, port_id: port.id })),
      };
      const former = loadBalancer.vip.port_id;
      const note = () => updateLoadBalancer(flow, change, [noteResourceId(resource, port.id, former)]);
      const takeBack = () => network.deletePort(port.id);
      await (isNew ? noteMade({ resource, id: port.id, former, takeBack }, note) : note());
      return undefined;
    };
  },
});
