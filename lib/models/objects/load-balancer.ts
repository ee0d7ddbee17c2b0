import type { NamedObject } from '../base.ts';
import type { Flow } from '../flows.ts';
import { AmphoraRole } from './amphora.ts';

export const Topology = Object.freeze({ SINGLE: 'SINGLE', ACTIVE_STANDBY: 'ACTIVE_STANDBY' });
export type Topology = (typeof Topology)[keyof typeof Topology];

/** The amphorae a topology takes. */
export const ROLES_OF: Readonly<Record<Topology, readonly AmphoraRole[]>> = Object.freeze({
  SINGLE: [AmphoraRole.STANDALONE],
  ACTIVE_STANDBY: [AmphoraRole.MASTER, AmphoraRole.BACKUP],
});

export type VnicType = 'normal' | 'direct';

/** The primary virtual address and the Neutron port that holds it. */
export interface Vip {
  readonly ip_address: string;
  readonly port_id: string;
  readonly subnet_id: string;
  readonly network_id: string;
  readonly qos_policy_id: string | null;
  /** True when the worker made the port; a tenant's own port is never deleted. */
  readonly octavia_owned: boolean;
  readonly vnic_type: VnicType;
  /** The tenant's own security groups; empty when the worker's rules decide. */
  readonly sg_ids: readonly string[];
  /** Groups a tenant's own port had when it became the VIP's: it gets them back in the end. Empty for one of ours. */
  readonly former_sg_ids: readonly string[];
}

/** A further address on the same port and network, one for each further subnet. */
export interface AdditionalVip {
  readonly subnet_id: string;
  readonly ip_address: string;
  readonly port_id: string;
  readonly network_id: string;
}

export interface VrrpGroup {
  /** The load balancer's id without dashes. */
  readonly vrrp_group_name: string;
  readonly vrrp_auth_type: 'PASS';
  /** Seven characters; known to the amphorae of this load balancer only. */
  readonly vrrp_auth_pass: string;
  /** Seconds. */
  readonly advert_int: number;
}

/**
 * What the flavor and the availability zone asked for its amphorae, as they were when the load balancer was created.
 * null: the settings decide, whenever an amphora is built.
 */
export interface AmphoraOptions {
  /** Nova flavor. */
  readonly compute_flavor: string | null;
  /** Glance tag. */
  readonly amp_image_tag: string | null;
  /** Nova availability zone. */
  readonly compute_zone: string | null;
  /** Stands for all management networks of the settings. */
  readonly management_network: string | null;
}

export const NO_AMPHORA_OPTIONS: AmphoraOptions = Object.freeze({
  compute_flavor: null,
  amp_image_tag: null,
  compute_zone: null,
  management_network: null,
});

/** The networks an amphora is managed in; the first gives the address its agent is called at. */
export const managementNetworks = (
  { management_network }: AmphoraOptions,
  settings: readonly string[],
): readonly string[] => (management_network === null ? settings : [management_network]);

/** The holder that may write to the load balancer's partition now. */
export interface Lock {
  readonly operation_id: string;
  /** Grows with every owner; a writer with an older number is refused. */
  readonly fence: number;
  /** The holder's flow: changes may join a running `apply-changes`. */
  readonly flow: Flow;
  /** True while the holder settles: nothing can join it any more. */
  readonly closing: boolean;
  /** ISO 8601, UTC. */
  readonly acquired_at: string;
}

export interface LoadBalancer extends NamedObject {
  readonly description: string;
  readonly enabled: boolean;
  readonly topology: Topology;
  readonly provider: string;
  readonly flavor_id: string | null;
  readonly availability_zone: string | null;
  /** True while it must not be deleted. */
  readonly deletion_protected: boolean;
  readonly amphora_options: AmphoraOptions;
  readonly server_group_id: string | null;
  readonly vip: Vip;
  readonly additional_vips: readonly AdditionalVip[];
  readonly vrrp_group: VrrpGroup | null;
  /** The security group of the VIP and base ports; null before it is made. */
  readonly security_group_id: string | null;
  readonly lock: Lock | null;
  /** The last fence handed out; it never goes back. */
  readonly fence: number;
  /** Grows with every accepted change of the tree. */
  readonly generation: number;
  /** Checksum of the ingress rules the security group has; null before the first. */
  readonly ingress_checksum: string | null;
  /** A change that is committed, and whose many rows are still being written: nothing else is accepted meanwhile. */
  readonly staged_operation_id: string | null;
  /** True from its creation, or the beginning of its deletion, until it is ACTIVE: parts of it may not be there. */
  readonly incomplete: boolean;
}
