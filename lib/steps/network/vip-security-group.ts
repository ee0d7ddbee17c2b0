import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { IngressRule } from '../../drivers/network/network-driver.ts';
import type { Listener } from '../../models/objects/listener.ts';
import { Topology } from '../../models/objects/load-balancer.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';

type Ethertype = IngressRule['ethertype'];

/** haproxy's stick tables travel between the amphorae here. */
const PEER_PORT = 1025;
const VRRP = '112';
const AH = '51';

export const ethertypeOf = (address: string): Ethertype =>
  ipaddr.parse(address.split('/', 1)[0] ?? address).kind() === 'ipv6' ? 'IPv6' : 'IPv4';

const transportOf = (listener: Listener): string =>
  listener.protocol === 'UDP' ? 'udp' : listener.protocol === 'SCTP' ? 'sctp' : 'tcp';

const listenerRules = (listener: Listener, families: readonly Ethertype[]): readonly IngressRule[] => {
  const rule = { protocol: transportOf(listener), port: listener.protocol_port };
  return listener.allowed_cidrs.length === 0
    ? families.map((ethertype) => ({ ...rule, ethertype, remoteIpPrefix: null }))
    : listener.allowed_cidrs
        .map((cidr) => ({ ...rule, ethertype: ethertypeOf(cidr), remoteIpPrefix: cidr }))
        .filter(({ ethertype }) => families.includes(ethertype));
};

const hostPrefix = (address: string): string => `${address}/${ethertypeOf(address) === 'IPv6' ? 128 : 32}`;

/** Between two amphorae: VRRP, its authentication header, and stick tables, from the peers' own addresses only. */
const peerRules = (tree: LoadBalancerTree): readonly IngressRule[] => {
  if (tree.load_balancer.topology !== Topology.ACTIVE_STANDBY) return [];
  const sources = tree.amphorae.flatMap(({ vrrp_ip, status }) =>
    vrrp_ip === null || status === 'DELETED' ? [] : [vrrp_ip],
  );
  return sources.flatMap((address) => {
    const from = { ethertype: ethertypeOf(address), remoteIpPrefix: hostPrefix(address) };
    return [
      { ...from, protocol: 'tcp', port: PEER_PORT },
      { ...from, protocol: VRRP, port: null },
      { ...from, protocol: AH, port: null },
    ];
  });
};

/** The ingress rules a load balancer's own security group should have. A tenant's own groups decide for listeners. */
export const wantedIngressRules = (tree: LoadBalancerTree): readonly IngressRule[] => {
  const { vip, additional_vips } = tree.load_balancer;
  const families = [...new Set([vip, ...additional_vips].map(({ ip_address }) => ethertypeOf(ip_address)))];
  const open = tree.listeners.filter(
    ({ provisioning_status }) => provisioning_status !== ProvisioningStatus.PENDING_DELETE,
  );
  const rules = [
    ...(vip.sg_ids.length > 0 ? [] : open.flatMap((listener) => listenerRules(listener, families))),
    ...peerRules(tree),
  ];
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
};

/** The same for the same rules, whatever their order. */
export const rulesChecksum = (rules: readonly IngressRule[]): string =>
  createHash('sha256')
    .update(JSON.stringify(rules.map((rule) => JSON.stringify(rule)).sort()))
    .digest('hex');
