import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import { WAIT_MS } from '../../patience.ts';
import type { useBench } from './bench.ts';
import { cloudThings } from './cloud-things.ts';

type Bench = ReturnType<typeof useBench>;

/** How a resource is lost behind the worker's back, and whether it is there as it should be. */
export interface Losable {
  lose(id: string): Promise<void>;
  isThere(id: string): Promise<boolean>;
}

/** Every resource in Neutron and Nova that a flow refers to by a recorded id. */
export const losables = (bench: Bench) => {
  const things = cloudThings();
  const network = () => bench.lib().networkDriver();
  const compute = async () => (await import('../../../lib/drivers/compute/index.ts')).computeDriver();
  const state = () => bench.cloud().state;
  const owner = async (id: string): Promise<LoadBalancer> => (await bench.lib().getTree(id)).load_balancer;
  const amphora = async (id: string): Promise<Amphora> => {
    const [first] = await bench.amphorae(id);
    if (first === undefined) throw new Error('there is no amphora');
    return first;
  };
  const basePort = async (id: string) => String((await amphora(id)).vrrp_port_id);
  const ports = async (id: string) => [(await owner(id)).vip.port_id, await basePort(id)];
  const portOf = (portId: string) => state().ports.get(portId);
  const memberPort = async (id: string) => {
    const name = `octavia-lb-member-${(await amphora(id)).id}`;
    return [...state().ports.values()].find((port) => port.name === name);
  };
  const listenerRule = async (id: string) => {
    const { security_group_id } = await owner(id);
    return [...state().securityGroupRules.values()].find(
      (rule) => rule.security_group_id === security_group_id && rule.port_range_min === 80,
    );
  };

  const losable = {
    'security group': {
      async lose(id) {
        for (const portId of await ports(id)) {
          if (portOf(portId) !== undefined) await network().updatePort(portId, { securityGroupIds: [] });
        }
        await network().deleteSecurityGroup(String((await owner(id)).security_group_id));
      },
      async isThere(id) {
        const group = String((await owner(id)).security_group_id);
        const onPorts = (await ports(id)).every((portId) => portOf(portId)?.security_groups.includes(group));
        return state().securityGroups.has(group) && onPorts && (await listenerRule(id)) !== undefined;
      },
    },
    'security group rule': {
      async lose(id) {
        await things.deleteRule(String((await listenerRule(id))?.id));
      },
      isThere: async (id) => (await listenerRule(id)) !== undefined,
    },
    'allowed address pairs': {
      async lose(id) {
        await network().updatePort(await basePort(id), { allowedAddressPairs: [] });
      },
      isThere: async (id) => portOf(await basePort(id))?.allowed_address_pairs.length === 1,
    },
    'VIP port': {
      lose: async (id) => network().deletePort((await owner(id)).vip.port_id),
      async isThere(id) {
        const { vip } = await owner(id);
        const { ha_port_id } = await amphora(id);
        const held = portOf(vip.port_id)?.fixed_ips.some(({ ip_address }) => ip_address === vip.ip_address) === true;
        return held && ha_port_id === vip.port_id;
      },
    },
    'base port': {
      lose: async (id) => network().deletePort(await basePort(id)),
      isThere: async (id) => portOf(await basePort(id)) !== undefined,
    },
    'member port': {
      async lose(id) {
        const port = await memberPort(id);
        await (await compute()).detachPort(String((await amphora(id)).compute_id), String(port?.id));
        await network().deletePort(String(port?.id));
      },
      isThere: async (id) => (await memberPort(id)) !== undefined,
    },
    'server group': {
      lose: async (id) => (await compute()).deleteServerGroup(String((await owner(id)).server_group_id)),
      isThere: async (id) => state().serverGroups.has(String((await owner(id)).server_group_id)),
    },
    'QoS policy': {
      async lose(id) {
        for (const portId of await ports(id)) await network().updatePort(portId, { qosPolicyId: null });
        await things.deleteQosPolicy(String((await owner(id)).vip.qos_policy_id));
      },
      async isThere(id) {
        const { qos_policy_id } = (await owner(id)).vip;
        return (await ports(id)).every((portId) => portOf(portId)?.qos_policy_id === qos_policy_id);
      },
    },
    server: {
      async lose(id) {
        const serverId = String((await amphora(id)).compute_id);
        await (await compute()).deleteServer(serverId);
        const deadline = Date.now() + WAIT_MS;
        while (state().servers.has(serverId)) {
          if (Date.now() > deadline) throw new Error(`server ${serverId} is still there`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      isThere: async (id) => state().servers.has(String((await amphora(id)).compute_id)),
    },
  } satisfies Readonly<Record<string, Losable>>;
  return losable;
};
export type Resource = keyof ReturnType<typeof losables>;
