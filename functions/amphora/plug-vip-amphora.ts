import * as z from 'zod';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { AmphoraNotReadyError } from '../../lib/errors/cloud.ts';
import { getAmphoraAt } from '../../lib/repositories/fleet/amphorae.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const address = z.object({
  ipAddress: z.string(),
  subnetCidr: z.string(),
  gateway: z.string().nullable(),
  hostRoutes: z.array(z.object({ destination: z.string(), nexthop: z.string() })),
});

/** What CreateBasePort answered. */
const plug = z.object({
  macAddress: z.string(),
  vrrpIp: z.string(),
  mtu: z.number(),
  vip: address,
  additionalVips: z.array(address),
});

/** The agent moves the base port's interface into the traffic namespace and puts the VIP on it. */
export const handler = task({
  name: 'PlugVIPAmphora',
  input: loadBalancerAmphoraInput.extend({ plug }),
  drivers: amphoraDriver,
  run: async (input, _context, amphorae) => {
    const amphora = await getAmphoraAt(input.amphora_id, input.loadbalancer_id);
    if (amphora.lb_network_ip === null) {
      throw new AmphoraNotReadyError(`Amphora ${amphora.id} has no management address yet.`);
    }
    await amphorae.plugVip({ amphoraId: amphora.id, lbNetworkIp: amphora.lb_network_ip }, input.plug);
    return undefined;
  },
});
