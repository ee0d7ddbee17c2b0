import type { UnrenderableValueError } from '../../../errors/unrenderable-value.ts';
import type { LoadBalancerTree } from '../../../models/objects/tree.ts';

/** What the agent says of its machine; memory in KiB. */
export interface AmphoraDetails {
  readonly cpuCount: number;
  readonly memory: { readonly free: number; readonly buffers: number; readonly cached: number };
  /** Names of tuned profiles, separated by spaces. */
  readonly activeTunedProfiles: string;
}

export type ListenerTimeout =
  | 'timeout_client_data'
  | 'timeout_member_connect'
  | 'timeout_member_data'
  | 'timeout_tcp_inspect';

export interface HaproxyOptions {
  readonly basePath: string;
  readonly baseCertDir: string;
  /** As haproxy writes it: "10k". */
  readonly haproxyStickSize: string;
  /** Connections of a listener without a limit of its own. */
  readonly defaultConnectionLimit: number;
  /** Milliseconds for a listener whose own timeout is 0. */
  readonly timeouts: Readonly<Record<ListenerTimeout, number>>;
  readonly connectionLogging: boolean;
  /** Numbers of syslog's local facilities. */
  readonly userLogFacility: number;
  readonly administrativeLogFacility: number;
  /** With the placeholders `{{ project_id }}` and `{{ lb_id }}`. @default DEFAULT_LOG_FORMAT */
  readonly logFormat?: string | null;
  /** Socket or address for connection logs. @default /run/rsyslog/octavia/log */
  readonly logHttp?: string | null;
  /** Socket or address for haproxy's own messages. @default /run/rsyslog/octavia/log */
  readonly logServer?: string | null;
}

/** Names of PEM files under `<baseCertDir>/<load balancer>/`; null where the object has no such reference. */
export interface ListenerTlsFiles {
  readonly clientCa: string | null;
  readonly clientCrl: string | null;
}

export interface PoolTlsFiles {
  readonly certificate: string | null;
  readonly ca: string | null;
  readonly crl: string | null;
}

export interface TlsFiles {
  readonly listeners: ReadonlyMap<string, ListenerTlsFiles>;
  readonly pools: ReadonlyMap<string, PoolTlsFiles>;
}

export interface HaproxyInput {
  readonly tree: LoadBalancerTree;
  /** The package's version, for example "2.6.12-1+deb12u1". */
  readonly haproxyVersion: string;
  /** null when the agent did not answer with them. */
  readonly details: AmphoraDetails | null;
  readonly options: HaproxyOptions;
  readonly tls: TlsFiles;
  /** Listeners left out whole, such as those whose secrets could not be read. */
  readonly excludedListenerIds: ReadonlySet<string>;
  /**
   * Without it the first bad value is thrown. With it each one is reported here and its object left out: a member, a
   * health monitor, a pool, a listener, and for an L7 rule its whole policy, since one condition less would match more.
   */
  readonly onUnrenderable?: (error: UnrenderableValueError) => void;
}
