import type { NetworkDriver } from '../../../lib/drivers/network/network-driver.ts';
import type { ExternalResource } from '../../../lib/models/external-resource.ts';
import { FLOW_FACTS } from '../../../lib/models/flows.ts';
import {
  basePortName,
  memberPortName,
  portNameOf,
  securityGroupName,
  serverGroupName,
  serverName,
  vipPortName,
} from '../../../lib/models/names.ts';
import { effectiveTree } from '../../../lib/models/objects/effective-tree.ts';
import { type LoadBalancer, Topology } from '../../../lib/models/objects/load-balancer.ts';
import { listResources } from '../../../lib/repositories/cloud/external-resources.ts';
import type { TreeRead } from '../../../lib/repositories/objects/trees.ts';
import { computeConfig } from '../../../lib/settings/config.ts';
import { memberSubnetIds } from '../../../lib/steps/network/member-networks.ts';
import { rulesChecksum, wantedIngressRules } from '../../../lib/steps/network/vip-security-group.ts';
import type { AmphoraPlan, NewAmphora } from './amphorae.ts';
import type { Projection } from './projection.ts';
import type { ResourceChange } from './shape.ts';

export type Subnets = Pick<NetworkDriver, 'getSubnet'>;

const change = (
  action: ResourceChange['action'],
  kind: ResourceChange['kind'],
  name: string,
  network_id: string | null = null,
): ResourceChange => ({ action, kind, name, network_id });

const deletion = ({ kind, name, network_id }: ExternalResource): ResourceChange =>
  change('delete', kind, portNameOf(name), network_id);

const wantedTree = (read: TreeRead) => effectiveTree(read.tree, read.changes);

/** By network, the subnets that members are on; those of the VIP's network are reached through the base ports. */
const memberNetworks = async (subnets: Subnets, read: TreeRead | null): Promise<ReadonlyMap<string, string>> => {
  if (read === null) return new Map();
  const found = await Promise.all(memberSubnetIds(wantedTree(read)).map((id) => subnets.getSubnet(id)));
  const networks = new Map<string, string>();
  for (const { id, networkId } of found) networks.set(networkId, `${networks.get(networkId) ?? ''} ${id}`);
  return networks;
};

/** The ports of amphorae that stay, where members' networks come, go, or get other subnets. */
const legChanges = async (subnets: Subnets, { before, after }: Projection, { stays }: AmphoraPlan) => {
  if (before === null || after === null) return [];
  const former = await memberNetworks(subnets, before);
  const wanted = await memberNetworks(subnets, after);
  const vipNetwork = after.tree.load_balancer.vip.network_id;
  return stays.flatMap(({ id }): readonly ResourceChange[] =>
    [...new Set([...former.keys(), ...wanted.keys()])].flatMap((networkId): readonly ResourceChange[] => {
      const [is, becomes] = [former.get(networkId), wanted.get(networkId)];
      if (is === becomes) return [];
      if (networkId === vipNetwork) return [change('update', 'port', basePortName(id), networkId)];
      const action = is === undefined ? 'create' : becomes === undefined ? 'delete' : 'update';
      return [change(action, 'port', memberPortName(id), networkId)];
    }),
  );
};

const ofNewAmphora = (
  { id: amphoraId, spare }: NewAmphora,
  { vip }: LoadBalancer,
  networks: Iterable<string>,
): readonly ResourceChange[] => [
  change('create', 'port', basePortName(amphoraId), vip.network_id),
  change(spare === null ? 'create' : 'update', 'server', serverName(amphoraId)),
  ...[...networks]
    .filter((networkId) => networkId !== vip.network_id)
    .map((networkId) => change('create', 'port', memberPortName(amphoraId), networkId)),
];

/** What a load balancer has for itself. */
const ofNewLoadBalancer = ({ id, vip, topology }: LoadBalancer): readonly ResourceChange[] => [
  ...(vip.octavia_owned ? [change('create', 'port', vipPortName(id), vip.network_id)] : []),
  change('create', 'security_group', securityGroupName(id)),
  ...(topology === Topology.ACTIVE_STANDBY && computeConfig().enableAntiAffinity
    ? [change('create', 'server_group', serverGroupName(id))]
    : []),
];

const rulesOf = (read: TreeRead): string => rulesChecksum(wantedIngressRules(wantedTree(read)));

const protection = ({ vip: { qos_policy_id, sg_ids } }: LoadBalancer): string =>
  JSON.stringify([qos_policy_id, sg_ids]);

/** What stays and would be changed: the rules that let traffic in, and what lies on the VIP's ports. */
const ownChanges = (before: TreeRead, after: TreeRead, { stays }: AmphoraPlan): readonly ResourceChange[] => {
  const { load_balancer: loadBalancer } = after.tree;
  const { id, vip } = loadBalancer;
  return [
    ...(rulesOf(before) === rulesOf(after) ? [] : [change('update', 'security_group', securityGroupName(id))]),
    ...(protection(before.tree.load_balancer) === protection(loadBalancer)
      ? []
      : [
          ...(vip.octavia_owned ? [change('update', 'port', vipPortName(id), vip.network_id)] : []),
          ...stays.map((amphora) => change('update', 'port', basePortName(amphora.id), vip.network_id)),
        ]),
  ];
};

/** Servers, ports and groups that the operation would make, change and delete, by the names they have in the cloud. */
export const resourceChanges = async (
  projection: Projection,
  plan: AmphoraPlan,
  subnets: Subnets,
): Promise<readonly ResourceChange[]> => {
  const { operation, before, after } = projection;
  if (operation === null) return [];
  const owner = { loadbalancer_id: operation.loadbalancer_id, amphora_id: null };
  if (FLOW_FACTS[operation.flow].goes === 'everything') return (await listResources(owner)).map(deletion);
  const going = await Promise.all(plan.goes.map((amphora_id) => listResources({ ...owner, amphora_id })));
  const gone = going.flat().map(deletion);
  if (after === null) return gone;
  const { load_balancer: loadBalancer } = after.tree;
  const networks = plan.comes.length === 0 ? [] : [...(await memberNetworks(subnets, after)).keys()];
  return [
    ...(before === null ? ofNewLoadBalancer(loadBalancer) : ownChanges(before, after, plan)),
    ...plan.comes.flatMap((amphora) => ofNewAmphora(amphora, loadBalancer, networks)),
    ...(await legChanges(subnets, projection, plan)),
    ...gone,
  ];
};
