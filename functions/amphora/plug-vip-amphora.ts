import * as z from 'zod';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { AmphoraNotReadyError, VipAllocationError } from '../../lib/errors/cloud.ts';
import { getAmphora } from '../../lib/repositories/amphorae.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const vip = z.object({
  ipAddress: z.string(),
  subnetCidr: z.string(),
  gateway: z.string().nullable(),
  hostRoutes: z.array(z.object({ destination: z.string(), nexthop: z.string() })),
});

/** What CreateBasePort answered. */
const networkConfig = z.object({
  mac_address: z.string(),
  vrrp_ip: z.string(),
  mtu: z.number(),
  vips: z.array(vip),
});

/** The agent moves the base port's interface into the traffic namespace and puts the VIP on it. */
export const handler = task({
  name: 'PlugVIPAmphora',
  input: loadBalancerAmphoraInput.extend({ network_config: networkConfig }),
  create: () => {
    const amphorae = amphoraDriver();
    return async ({ amphora_id, loadbalancer_id, network_config: config }) => {
      const amphora = await getAmphora(amphora_id, loadbalancer_id);
      if (amphora.lb_network_ip === null) {
        throw new AmphoraNotReadyError(`Amphora ${amphora_id} has no management address yet.`);
      }
      const [primary, ...additionalVips] = config.vips;
      if (primary === undefined) throw new VipAllocationError(`Load balancer ${loadbalancer_id} has no VIP.`);
      await amphorae.plugVip(
        { amphoraId: amphora_id, lbNetworkIp: amphora.lb_network_ip },
        {
          vip: primary,
          additionalVips,
          macAddress: config.mac_address,
          vrrpIp: config.vrrp_ip,
          mtu: config.mtu,
        },
      );
      return undefined;
    };
  },
});
