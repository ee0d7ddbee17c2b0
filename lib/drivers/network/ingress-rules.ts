import type { IngressRuleBody, NeutronRule } from '../../openstack/network/security-group-rules/requests.ts';
import { normalCidr } from '../../tools/addresses.ts';
import type { IngressRule } from './network-driver.ts';

/** Neutron takes and gives both names and numbers of a protocol. */
const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = {
  icmp: '1',
  tcp: '6',
  udp: '17',
  esp: '50',
  ah: '51',
  vrrp: '112',
  sctp: '132',
};
const ANY_SOURCE = new Set(['0.0.0.0/0', '::/0']);

/** The network a prefix means, however it is written: without length, with host bits, in capitals. */
const sourceKey = (prefix: string | null | undefined): string => {
  if (prefix === null || prefix === undefined) return 'any';
  const network = normalCidr(prefix) ?? prefix;
  return ANY_SOURCE.has(network) ? 'any' : network;
};

const key = (ethertype: string, protocol: string, ports: string, source: string): string =>
  [ethertype, PROTOCOL_NUMBERS[protocol] ?? protocol, ports, source].join(' ');

const wantedKey = ({ ethertype, protocol, port, remoteIpPrefix }: IngressRule): string =>
  key(ethertype, protocol, port === null ? 'all' : `${port}-${port}`, sourceKey(remoteIpPrefix));

/** null for a rule no wanted one can be like: it admits a group, not addresses. */
const existingKey = (rule: NeutronRule): string | null => {
  if (rule.remote_group_id || rule.remote_address_group_id) return null;
  const { port_range_min: from, port_range_max: to } = rule;
  const ports = from === null || from === undefined ? 'all' : `${from}-${to}`;
  return key(rule.ethertype, rule.protocol ?? 'any', ports, sourceKey(rule.remote_ip_prefix));
};

export interface RuleDifference {
  readonly missing: readonly IngressRule[];
  /** Ids of rules to delete. */
  readonly extra: readonly string[];
}

/**
 * What must be made and deleted so that the existing ingress rules are the wanted ones, each once: Neutron keeps both
 * when two callers make the same rule at the same moment.
 */
export const ruleDifference = (existing: readonly NeutronRule[], wanted: readonly IngressRule[]): RuleDifference => {
  const wantedByKey = new Map(wanted.map((rule) => [wantedKey(rule), rule]));
  const present = new Set<string>();
  const extra: string[] = [];
  // By id, so that all concurrent cleanups keep the same one of two.
  for (const rule of existing.toSorted((a, b) => a.id.localeCompare(b.id))) {
    const ruleKey = existingKey(rule);
    if (ruleKey === null || !wantedByKey.has(ruleKey) || present.has(ruleKey)) extra.push(rule.id);
    else present.add(ruleKey);
  }
  const missing = [...wantedByKey].flatMap(([ruleKey, rule]) => (present.has(ruleKey) ? [] : [rule]));
  return { missing, extra };
};

/** A wanted rule as Neutron is asked for it. */
export const ruleBody = (securityGroupId: string, rule: IngressRule): IngressRuleBody => ({
  security_group_id: securityGroupId,
  direction: 'ingress',
  ethertype: rule.ethertype,
  protocol: rule.protocol,
  ...(rule.port !== null && { port_range_min: rule.port, port_range_max: rule.port }),
  ...(rule.remoteIpPrefix !== null && { remote_ip_prefix: rule.remoteIpPrefix }),
});
