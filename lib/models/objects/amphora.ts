import type { AmphoraStatus } from '../statuses.ts';

export const AmphoraRole = Object.freeze({ STANDALONE: 'STANDALONE', MASTER: 'MASTER', BACKUP: 'BACKUP' });
export type AmphoraRole = (typeof AmphoraRole)[keyof typeof AmphoraRole];

/** VRRP priority by role; a single amphora has none. */
export const VRRP_PRIORITY: Readonly<Record<AmphoraRole, number | null>> = Object.freeze({
  STANDALONE: null,
  MASTER: 100,
  BACKUP: 90,
});

/** What an amphora is made of, as its agent said once it was up; memory in KiB. Decides on details of its configuration. */
export interface AmphoraFacts {
  readonly haproxy_version: string;
  readonly cpu_count: number;
  readonly memory: { readonly free: number; readonly buffers: number; readonly cached: number };
  readonly active_tuned_profiles: string;
}

/**
 * Checksums of what was pushed and read back last; null or absent where nothing is there. Another text stands for what
 * was sent, perhaps, and never confirmed.
 */
export interface PushedConfiguration {
  readonly haproxy: string | null;
  /** By UDP or SCTP listener id. */
  readonly lvs: Readonly<Record<string, string>>;
  /** Names of the PEM files that went with it; absent until there was a push that noted them. */
  readonly files?: PushedFiles | undefined;
  /** The load balancer's generation when what was sent last was read. */
  readonly generation?: number | undefined;
  /** The sender that has begun to push, and has not confirmed it; absent or null once it is confirmed. */
  readonly sender?: string | null | undefined;
}

/** Stands where a checksum would: something was pushed, perhaps, and is unconfirmed. */
export const IN_DOUBT = 'in doubt';

/** Names of PEM files by the listeners and pools whose they are; null where the object has no such reference. */
export interface PushedFiles {
  readonly listeners: Readonly<Record<string, { readonly clientCa: string | null; readonly clientCrl: string | null }>>;
  readonly pools: Readonly<
    Record<string, { readonly certificate: string | null; readonly ca: string | null; readonly crl: string | null }>
  >;
}

/** An operation that was asked for. */
export interface LastOperation {
  readonly operation_id: string;
  /** ISO 8601. */
  readonly at: string;
}

/** One virtual machine that carries traffic. Times are ISO 8601 in UTC with milliseconds. */
export interface Amphora {
  readonly id: string;
  readonly load_balancer_id: string | null;
  readonly compute_id: string | null;
  readonly status: AmphoraStatus;
  readonly role: AmphoraRole | null;
  readonly lb_network_ip: string | null;
  readonly vrrp_ip: string | null;
  /** The base port: the amphora's own interface in the VIP's network. */
  readonly vrrp_port_id: string | null;
  readonly ha_ip: string | null;
  readonly ha_port_id: string | null;
  readonly vrrp_interface: string | null;
  readonly vrrp_id: number | null;
  readonly vrrp_priority: number | null;
  readonly cert_expiration: string | null;
  readonly cert_busy: boolean;
  readonly cached_zone: string | null;
  readonly image_id: string | null;
  readonly compute_flavor: string | null;
  readonly created_at: string;
  readonly updated_at: string | null;
  /** Absent until the agent was asked. */
  readonly facts?: AmphoraFacts | null | undefined;
  /** Subnets of members that are plugged, sorted; absent until something was plugged. */
  readonly member_subnets?: readonly string[] | null | undefined;
  /** True while its ports in members' networks are changed, and when a late change of them is possible: Neutron tells which there are. */
  readonly member_ports_unconfirmed?: boolean | null | undefined;
  /** Absent until something was pushed. */
  readonly pushed?: PushedConfiguration | null | undefined;
  /** SHA-256 fingerprint of the authority that signed its certificate; absent or null where that is not known. */
  readonly cert_issuer?: string | null | undefined;
  /** Mark of the heartbeat settings that its agent was given last; absent or null where that is not known. */
  readonly agent_config?: string | null | undefined;
  /** The latest rotation of its certificate, however it ended; absent until there was one. Blocks no other. */
  readonly last_rotation?: LastOperation | null | undefined;
  /** Likewise the latest update of its agent's configuration. */
  readonly last_config_update?: LastOperation | null | undefined;
}
