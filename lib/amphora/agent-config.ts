import { InvalidArgumentError } from '../errors/flow.ts';

export type AgentTopology = 'SINGLE' | 'ACTIVE_STANDBY';

/** Everything amphora-agent.conf says. The agent replaces the file as a whole, so there is no partial update. */
export interface AgentConfig {
  readonly amphoraId: string;
  /** The topology of the amphora's load balancer, not the default one: it decides on the owner of the VIP inside. */
  readonly topology: AgentTopology;
  /** Signs heartbeats. */
  readonly heartbeatKey: string;
  /** Seconds. */
  readonly heartbeatInterval: number;
  /** "address:port" of every receiver of heartbeats. */
  readonly controllerIpPortList: readonly string[];
  readonly agentPort: number;
  readonly basePath: string;
  readonly baseCertDir: string;
  readonly haproxyCmd: string;
  /** Where the agent keeps its interface files; its own default when null. */
  readonly agentServerNetworkDir: string | null;
  /** Seconds. */
  readonly agentRequestReadTimeout: number;
  /** Agents with gunicorn before 21 support this version of TLS and no other. */
  readonly agentTlsProtocol: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2';
  /** Syslog facilities LOCAL0 to LOCAL7. */
  readonly userLogFacility: number;
  readonly administrativeLogFacility: number;
}

/** Where the boot files go in the amphora; the agent's configuration names the first two. */
export const AGENT_SERVER_CERT = '/etc/octavia/certs/server.pem';
export const AGENT_SERVER_CA = '/etc/octavia/certs/client_ca.pem';

type Value = string | number | boolean | readonly string[];
type Section = readonly [name: string, values: readonly (readonly [key: string, value: Value])[]];

const sections = (config: AgentConfig): readonly Section[] => [
  [
    'DEFAULT',
    [
      ['debug', false],
      ['use_syslog', true],
      ['syslog_log_facility', `LOG_LOCAL${config.administrativeLogFacility}`],
    ],
  ],
  [
    'haproxy_amphora',
    [
      ['base_cert_dir', config.baseCertDir],
      ['base_path', config.basePath],
      ['bind_host', '::'],
      ['bind_port', config.agentPort],
      ['haproxy_cmd', config.haproxyCmd],
      ['user_log_facility', config.userLogFacility],
      ['administrative_log_facility', config.administrativeLogFacility],
    ],
  ],
  [
    'health_manager',
    [
      ['controller_ip_port_list', config.controllerIpPortList],
      ['heartbeat_interval', config.heartbeatInterval],
      ['heartbeat_key', config.heartbeatKey],
    ],
  ],
  [
    'amphora_agent',
    [
      ['agent_server_ca', AGENT_SERVER_CA],
      ['agent_server_cert', AGENT_SERVER_CERT],
      ...(config.agentServerNetworkDir === null
        ? []
        : [['agent_server_network_dir', config.agentServerNetworkDir] as const]),
      ['agent_request_read_timeout', config.agentRequestReadTimeout],
      ['amphora_id', config.amphoraId],
      ['amphora_udp_driver', 'keepalived_lvs'],
      ['agent_tls_protocol', config.agentTlsProtocol],
    ],
  ],
  ['controller_worker', [['loadbalancer_topology', config.topology]]],
];

/** Any control character, line breaks above all, would start a line of its own. */
const CONTROL = /\p{Cc}|[\u2028\u2029]/u;

const plain = (value: Value): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? value.join(', ') : String(value);
};

/**
 * A value as oslo.config reads it back unchanged: a dollar sign starts a reference there, and one pair of quotes
 * around the whole, or blanks at the ends, are taken off.
 */
const written = (key: string, value: Value): string => {
  const text = plain(value);
  if (CONTROL.test(text)) throw new InvalidArgumentError(key, 'must be one line without control characters');
  const escaped = text.replaceAll('$', '\\$$');
  return /^\s|\s$|^(["']).*\1$/.test(escaped) ? `"${escaped}"` : escaped;
};

/** The text of amphora-agent.conf. @throws InvalidArgumentError naming the key of a value that is more than one line */
export const renderAgentConfig = (config: AgentConfig): string =>
  sections(config)
    .flatMap(([name, values]) => [`[${name}]`, ...values.map(([key, value]) => `${key} = ${written(key, value)}`), ''])
    .join('\n');
