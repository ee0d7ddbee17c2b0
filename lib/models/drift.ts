import type { Requester } from './requester.ts';

/** How drift is repaired. */
export const Remedy = Object.freeze({
  /** `update-load-balancer`, with unconfirmed parts pushed again. */
  UPDATE: 'update',
  FAILOVER_AMPHORA: 'failover_amphora',
  FAILOVER_LOAD_BALANCER: 'failover_load_balancer',
  /** Outside of the worker, or unknown: an operator looks. */
  NONE: 'none',
});
export type Remedy = (typeof Remedy)[keyof typeof Remedy];

export const FINDING_KINDS = [
  'load_balancer_status',
  'amphora_count',
  'amphora_status',
  'server_missing',
  'server_status',
  'server_flavor',
  'server_image',
  'port_missing',
  'port_detached',
  'port_down',
  'port_addresses',
  'port_address_pairs',
  'port_security_groups',
  'port_qos_policy',
  'qos_policy_missing',
  'member_port_missing',
  'security_group_missing',
  'rule_missing',
  'rule_extra',
  'configuration_changed',
  'configuration_outdated',
  'agent_unreachable',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const FINDING_RESOURCES = [
  'load_balancer',
  'amphora',
  'server',
  'port',
  'security_group',
  'qos_policy',
  'configuration',
] as const;

/** One difference between the table and what there is. */
export interface Finding {
  readonly kind: FindingKind;
  readonly resource:
    | 'load_balancer'
    | 'amphora'
    | 'server'
    | 'port'
    | 'security_group'
    | 'qos_policy'
    | 'configuration';
  /** The resource's id, as its service knows it; null when it was never learned. */
  readonly resource_id: string | null;
  /** Whose it is; null for what belongs to the load balancer. */
  readonly amphora_id: string | null;
  readonly expected: string;
  readonly found: string;
  readonly remedy: Remedy;
}

/** A finding with the times it was seen. ISO 8601, UTC. */
export interface SeenFinding extends Finding {
  readonly first_seen: string;
}

/** What is wrong with one load balancer. */
export interface LoadBalancerDrift {
  readonly loadbalancer_id: string;
  readonly project_id: string;
  /** ISO 8601, UTC: when it was judged last. */
  readonly seen_at: string;
  /** At most MOST_FINDINGS. */
  readonly findings: readonly SeenFinding[];
  /** The latest repair, however it ended. */
  readonly repair: { readonly operation_id: string; readonly at: string } | null;
}

/** EventBridge's detail type of a check that is requested at once. */
export const DRIFT_CHECK_REQUESTED = 'Drift Check Requested';

/** What came of one load balancer of a check that was asked for. */
export interface CheckedLoadBalancer {
  readonly loadbalancer_id: string;
  /** null: not judged, since an operation works on it, its creation or deletion failed, or it could not be looked at. */
  readonly findings: number | null;
  /** The repair, where one was asked for and began. */
  readonly operation_id: string | null;
}

/** A check of some load balancers that an operator has asked for. Times are ISO 8601, UTC. */
export interface DriftCheck {
  readonly id: string;
  readonly loadbalancer_ids: readonly string[];
  readonly repair: boolean;
  /** Recorded on the repairs. */
  readonly requester: Requester;
  readonly created_at: string;
  /** null until all of them have been looked at. */
  readonly ended_at: string | null;
  /** Empty until then. */
  readonly results: readonly CheckedLoadBalancer[];
}

/** So many findings of one load balancer are kept. */
export const MOST_FINDINGS = 50;

/** A walk over all load balancers, which may take several invocations. Times are ISO 8601, UTC. */
export interface DriftRound {
  readonly started_at: string;
  /** null while it runs. */
  readonly ended_at: string | null;
  /** The id of the last load balancer that had its turn; empty at the beginning. */
  readonly cursor: string;
  readonly checked: number;
  /** Not judged: an operation works on them, their creation or deletion failed, or they could not be looked at. */
  readonly skipped: number;
  readonly findings: number;
}

/** The same difference as one seen before. */
export const isSameFinding = (one: Finding, other: Finding): boolean =>
  one.kind === other.kind &&
  one.resource_id === other.resource_id &&
  one.amphora_id === other.amphora_id &&
  one.expected === other.expected &&
  one.found === other.found;
