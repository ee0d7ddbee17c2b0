/** What the agent takes from its amphora-agent.conf. */
export interface AgentSettings {
  readonly amphoraId: string;
  readonly basePath: string;
  readonly baseCertDir: string;
  readonly serverCertificate: string;
  readonly clientCa: string;
  readonly topology: string;
  readonly heartbeatKey: string;
  /** Seconds. */
  readonly heartbeatInterval: number;
  /** "address:port" of the receivers. */
  readonly controllers: readonly string[];
}

export const CONFIG_FILE = '/etc/octavia/amphora-agent.conf';

/** A value as oslo.config reads it: one pair of quotes around the whole is taken off, and a dollar sign is written \\$. */
const unwritten = (value: string): string => value.replace(/^(["'])(.*)\1$/, '$2').replaceAll('\\$', '$');

/** Sections and keys of an INI text; comments and continuation lines are left out. */
export const parseIni = (text: string): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      continue;
    }
    const pair = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (pair !== null) section.set(pair[1] ?? '', unwritten(pair[2] ?? ''));
  }
  return sections;
};

/** The settings of a configuration text, with the agent's own defaults. */
export const agentSettings = (text: string): AgentSettings => {
  const ini = parseIni(text);
  const get = (section: string, key: string, fallback: string): string => ini.get(section)?.get(key) || fallback;
  return {
    amphoraId: get('amphora_agent', 'amphora_id', ''),
    basePath: get('haproxy_amphora', 'base_path', '/var/lib/octavia'),
    baseCertDir: get('haproxy_amphora', 'base_cert_dir', '/var/lib/octavia/certs'),
    serverCertificate: get('amphora_agent', 'agent_server_cert', '/etc/octavia/certs/server.pem'),
    clientCa: get('amphora_agent', 'agent_server_ca', '/etc/octavia/certs/client_ca.pem'),
    topology: get('controller_worker', 'loadbalancer_topology', 'SINGLE'),
    heartbeatKey: get('health_manager', 'heartbeat_key', ''),
    heartbeatInterval: Number(get('health_manager', 'heartbeat_interval', '10')) || 10,
    controllers: get('health_manager', 'controller_ip_port_list', '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  };
};
