import type { PortRecord } from '../store/records.ts';
import type { Haproxies } from './haproxies.ts';
import type { InstanceFiles } from './instance-files.ts';
import type { AgentMemory, Nic } from './memory.ts';
import type { AgentSettings } from './settings.ts';

/** One amphora as the handlers of its agent see it. */
export interface Amphora {
  readonly serverId: string;
  readonly hostname: string;
  readonly haproxyVersion: string;
  readonly files: InstanceFiles;
  readonly memory: AgentMemory;
  /** Writes the memory down. */
  save(): void;
  settings(): AgentSettings;
  /** Takes a new configuration file: heartbeats follow it. */
  configure(text: string): void;
  /** New TLS connections see this certificate and key. */
  present(pem: Buffer): void;
  readonly haproxies: Haproxies;
  /** The ports that are attached to the server right now. */
  ports(): readonly PortRecord[];
  /** Interfaces that are plugged and whose port is still attached. */
  interfaces(): readonly Nic[];
  /** True when this amphora, of all that share the address by VRRP, holds it. */
  holdsVip(address: string): boolean;
}

export const VRRP_CONFIG = 'vrrp/octavia-keepalived.conf';
export const LVS_FOLDER = 'lvs';

export const haproxyConfigPath = (amphora: Amphora, loadBalancerId: string): string =>
  `${amphora.settings().basePath}/${loadBalancerId}/haproxy.cfg`;

export const lvsConfigPath = (amphora: Amphora, listenerId: string): string =>
  `${amphora.settings().basePath}/${LVS_FOLDER}/octavia-keepalivedlvs-${listenerId}.conf`;

export const vrrpConfigPath = (amphora: Amphora): string => `${amphora.settings().basePath}/${VRRP_CONFIG}`;

/** Load balancers whose configuration the amphora has. */
export const loadBalancerIds = (amphora: Amphora): readonly string[] =>
  amphora.files
    .list(amphora.settings().basePath)
    .filter((name) => amphora.files.exists(haproxyConfigPath(amphora, name)));

/** LVS listeners whose configuration the amphora has. */
export const lvsListenerIds = (amphora: Amphora): readonly string[] =>
  amphora.files
    .list(`${amphora.settings().basePath}/${LVS_FOLDER}`)
    .flatMap((name) => /^octavia-keepalivedlvs-(.+)\.conf$/.exec(name)?.[1] ?? []);
