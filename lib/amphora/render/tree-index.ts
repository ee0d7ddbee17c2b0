import { byCreation, compareTexts } from '../../models/by-creation.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import type { L7Policy, L7Rule } from '../../models/objects/l7.ts';
import type { Listener } from '../../models/objects/listener.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import type { HealthMonitor, Member, Pool } from '../../models/objects/pool.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { addressRule } from './fields/network.ts';
import { type Subject, word } from './guard.ts';
import type { SafeText } from './text.ts';

/**
 * A tree arranged for rendering: everything that is going away is left out, and each lookup is by id. Lists are in the
 * order of creation, whatever the order of the tree, so that the same wanted state always gives the same text.
 */
export interface TreeIndex {
  readonly loadBalancer: LoadBalancer;
  readonly listeners: readonly Listener[];
  readonly pools: ReadonlyMap<string, Pool>;
  readonly membersByPool: ReadonlyMap<string, readonly Member[]>;
  /** Enabled ones. */
  readonly monitorByPool: ReadonlyMap<string, HealthMonitor>;
  /** Enabled ones, by position. */
  readonly policiesByListener: ReadonlyMap<string, readonly L7Policy[]>;
  /** Enabled ones. */
  readonly rulesByPolicy: ReadonlyMap<string, readonly L7Rule[]>;
  /** Ids of policies with a rule, enabled or not: their pools have backends, so that they are checked and reported. */
  readonly policiesWithRules: ReadonlySet<string>;
  /** ALLOCATED and with a VRRP address, by id. */
  readonly amphorae: readonly Amphora[];
}

interface Stored {
  readonly id: string;
  readonly created_at: string;
  readonly provisioning_status: string;
}

const stays = (object: Stored): boolean =>
  object.provisioning_status !== 'PENDING_DELETE' && object.provisioning_status !== 'DELETED';

const staying = <T extends Stored>(objects: readonly T[]): T[] => objects.filter(stays).sort(byCreation);

const groupBy = <T>(objects: readonly T[], key: (object: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const object of objects) {
    const group = groups.get(key(object));
    if (group) group.push(object);
    else groups.set(key(object), [object]);
  }
  return groups;
};

export const indexTree = (tree: LoadBalancerTree): TreeIndex => {
  const policies = groupBy(
    staying(tree.l7_policies).filter((policy) => policy.enabled),
    (policy) => policy.listener_id,
  );
  const rules = staying(tree.l7_rules);
  for (const list of policies.values()) list.sort((a, b) => a.position - b.position);
  return {
    loadBalancer: tree.load_balancer,
    listeners: staying(tree.listeners),
    pools: new Map(staying(tree.pools).map((pool) => [pool.id, pool])),
    membersByPool: groupBy(staying(tree.members), (member) => member.pool_id),
    monitorByPool: new Map(
      staying(tree.health_monitors)
        .filter((monitor) => monitor.enabled)
        .map((monitor) => [monitor.pool_id, monitor]),
    ),
    policiesByListener: policies,
    rulesByPolicy: groupBy(
      rules.filter((rule) => rule.enabled),
      (rule) => rule.l7policy_id,
    ),
    policiesWithRules: new Set(rules.map((rule) => rule.l7policy_id)),
    amphorae: tree.amphorae
      .filter((amphora) => amphora.status === 'ALLOCATED' && amphora.vrrp_ip !== null)
      .sort((a, b) => compareTexts(a.id, b.id)),
  };
};

/** Every address of the load balancer: the VIP, then the additional ones in the order of their text. */
export const vipAddresses = (loadBalancer: LoadBalancer): readonly SafeText[] => {
  const subject: Subject = { kind: 'load balancer', id: loadBalancer.id };
  const additional = loadBalancer.additional_vips.map((vip) => vip.ip_address).sort(compareTexts);
  return [
    word(subject, 'vip_address', loadBalancer.vip.ip_address.toLowerCase(), addressRule),
    ...additional.map((address) => word(subject, 'additional_vips', address.toLowerCase(), addressRule)),
  ];
};
