import type { NetworkView } from '../../drivers/inventory/fleet.ts';
import { ruleDifference } from '../../drivers/network/ingress-rules.ts';
import type { IngressRule, Port } from '../../drivers/network/network-driver.ts';
import { type Finding, type FindingKind, Remedy } from '../../models/drift.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { effectiveTree } from '../../models/objects/effective-tree.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import type { TreeRead } from '../../repositories/objects/trees.ts';
import { vipsOf } from '../../steps/network/plug-facts.ts';
import { wantedIngressRules } from '../../steps/network/vip-security-group.ts';
import { canonicalAddress } from '../../tools/addresses.ts';

const told = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.toSorted().join(', '));

interface PortJudgement {
  readonly id: string | null;
  readonly amphoraId: string | null;
  /** What makes a new port. */
  readonly remedy: Remedy;
}

const portFinding =
  ({ id, amphoraId, remedy }: PortJudgement) =>
  (kind: FindingKind, expected: string, found: string, by: Remedy = remedy): Finding => ({
    kind,
    resource: 'port',
    resource_id: id,
    amphora_id: amphoraId,
    expected,
    found,
    remedy: by,
  });

const groupsOf = ({ security_group_id, vip }: LoadBalancer): readonly string[] => [
  ...(security_group_id === null ? [] : [security_group_id]),
  ...vip.sg_ids,
];

const addressesOf = ({ fixedIps }: Port): readonly string[] =>
  fixedIps.map(({ ipAddress }) => canonicalAddress(ipAddress));

const vipAddressesOf = (loadBalancer: LoadBalancer): readonly string[] =>
  vipsOf(loadBalancer).map(({ ip_address }) => canonicalAddress(ip_address));

const vipPortFindings = (loadBalancer: LoadBalancer, port: Port | undefined): readonly Finding[] => {
  const { vip } = loadBalancer;
  const finding = portFinding({ id: vip.port_id, amphoraId: null, remedy: Remedy.UPDATE });
  if (port === undefined) return [finding('port_missing', `port ${vip.port_id}`, 'nothing')];
  const addresses = addressesOf(port);
  const wanted = vipAddressesOf(loadBalancer);
  const lacks = wanted.some((address) => !addresses.includes(address));
  const groups = told(groupsOf(loadBalancer));
  // A tenant's own port is as its owner wants it.
  const replaced = vip.octavia_owned ? Remedy.FAILOVER_LOAD_BALANCER : Remedy.NONE;
  return [
    ...(lacks ? [finding('port_addresses', told(wanted), told(addresses), replaced)] : []),
    ...(told(port.securityGroupIds) === groups
      ? []
      : [finding('port_security_groups', groups, told(port.securityGroupIds), Remedy.UPDATE)]),
  ];
};

const basePortFindings = (loadBalancer: LoadBalancer, amphora: Amphora, port: Port | undefined): readonly Finding[] => {
  const { vrrp_port_id: id, vrrp_ip, compute_id } = amphora;
  const finding = portFinding({ id, amphoraId: amphora.id, remedy: Remedy.FAILOVER_AMPHORA });
  if (port === undefined) return [finding('port_missing', `port ${id}`, 'nothing')];
  const differs = (kind: FindingKind, expected: string, found: string, by?: Remedy): readonly Finding[] =>
    expected === found ? [] : [finding(kind, expected, found, by)];
  const addresses = addressesOf(port);
  const vips = told(vipAddressesOf(loadBalancer));
  return [
    ...differs('port_detached', `on server ${compute_id}`, `on server ${port.deviceId || 'none'}`),
    ...differs('port_down', 'up', port.adminStateUp ? 'up' : 'down'),
    ...(vrrp_ip === null || addresses.includes(canonicalAddress(vrrp_ip))
      ? []
      : [finding('port_addresses', vrrp_ip, told(addresses))]),
    ...differs('port_address_pairs', vips, told(port.allowedAddressPairs.map(canonicalAddress)), Remedy.UPDATE),
    ...differs('port_security_groups', told(groupsOf(loadBalancer)), told(port.securityGroupIds), Remedy.UPDATE),
  ];
};

/** Subnets of members that the amphora is noted to be in, and has no port for. */
const legFindings = (amphora: Amphora, ports: readonly Port[]): readonly Finding[] => {
  const there = new Set(ports.flatMap(({ fixedIps }) => fixedIps.map(({ subnetId }) => subnetId)));
  const missing = (amphora.member_subnets ?? []).filter((subnetId) => !there.has(subnetId));
  const finding = portFinding({ id: null, amphoraId: amphora.id, remedy: Remedy.UPDATE });
  return missing.map((subnetId) => finding('member_port_missing', `a port in subnet ${subnetId}`, 'nothing'));
};

/** A tenant's VIP port keeps the policy its owner gave it. */
const policyFindings = ({ tree }: TreeRead, amphorae: readonly Amphora[], view: NetworkView): readonly Finding[] => {
  const { vip } = tree.load_balancer;
  const { qos_policy_id: wanted } = vip;
  if (wanted !== null && !view.policyIds.has(wanted)) {
    const what = { resource: 'qos_policy' as const, resource_id: wanted, amphora_id: null };
    // It is its owner's: only they can make it again, or give the load balancer another one.
    const lost = { expected: `QoS policy ${wanted}`, found: 'nothing', remedy: Remedy.NONE };
    return [{ kind: 'qos_policy_missing', ...what, ...lost }];
  }
  const ports = [
    ...(vip.octavia_owned ? [{ portId: vip.port_id, amphoraId: null }] : []),
    ...amphorae.map((amphora) => ({ portId: amphora.vrrp_port_id ?? '', amphoraId: amphora.id })),
  ];
  return ports.flatMap(({ portId, amphoraId }) => {
    const port = view.portsById.get(portId);
    if (port === undefined || port.qosPolicyId === wanted) return [];
    const finding = portFinding({ id: portId, amphoraId, remedy: Remedy.UPDATE });
    return [finding('port_qos_policy', wanted ?? 'none', port.qosPolicyId ?? 'none')];
  });
};

const ruleText = ({ ethertype, protocol, port, remoteIpPrefix }: IngressRule): string =>
  [ethertype, protocol, port === null ? 'any port' : `port ${port}`, `from ${remoteIpPrefix ?? 'anywhere'}`].join(' ');

const ruleFindings = (read: TreeRead, view: NetworkView): readonly Finding[] => {
  const { security_group_id: id } = read.tree.load_balancer;
  if (id === null) return [];
  const finding = (kind: FindingKind, expected: string, found: string): Finding => ({
    kind,
    resource: 'security_group',
    resource_id: id,
    amphora_id: null,
    expected,
    found,
    remedy: Remedy.UPDATE,
  });
  if (!view.groupIds.has(id)) return [finding('security_group_missing', `security group ${id}`, 'nothing')];
  const wanted = wantedIngressRules(effectiveTree(read.tree, read.changes));
  const { missing, extra } = ruleDifference(view.rulesByGroup.get(id) ?? [], wanted);
  return [
    ...missing.map((rule) => finding('rule_missing', ruleText(rule), 'nothing')),
    ...extra.map((ruleId) => finding('rule_extra', 'nothing', `rule ${ruleId}`)),
  ];
};

/**
 * What differs between a settled load balancer and Neutron.
 * @param amphorae those that should serve
 */
export const networkFindings = (
  read: TreeRead,
  amphorae: readonly Amphora[],
  view: NetworkView,
): readonly Finding[] => {
  const { load_balancer } = read.tree;
  return [
    ...vipPortFindings(load_balancer, view.portsById.get(load_balancer.vip.port_id)),
    ...amphorae.flatMap((amphora) => [
      ...basePortFindings(load_balancer, amphora, view.portsById.get(amphora.vrrp_port_id ?? '')),
      ...legFindings(amphora, view.portsByServer.get(amphora.compute_id ?? '') ?? []),
    ]),
    ...policyFindings(read, amphorae, view),
    ...ruleFindings(read, view),
  ];
};
