import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentConfig, renderAgentConfig } from '../../../../lib/amphora/agent-config.ts';

const config: AgentConfig = {
  amphoraId: 'a1',
  topology: 'ACTIVE_STANDBY',
  heartbeatKey: 'heartbeat',
  heartbeatInterval: 10,
  controllerIpPortList: ['192.168.90.2:5555', '[fd00::2]:5555'],
  agentPort: 9443,
  basePath: '/var/lib/octavia',
  baseCertDir: '/var/lib/octavia/certs',
  haproxyCmd: '/usr/sbin/haproxy',
  agentServerNetworkDir: null,
  agentRequestReadTimeout: 180,
  agentTlsProtocol: 'TLSv1.2',
  userLogFacility: 0,
  administrativeLogFacility: 1,
};

const heartbeatKeyLine = (heartbeatKey: string) =>
  renderAgentConfig({ ...config, heartbeatKey })
    .split('\n')
    .find((line) => line.startsWith('heartbeat_key = '));

/** How oslo.config reads a value: blanks and one pair of quotes off, then references resolved. */
const readBack = (line: string | undefined) => {
  const raw = (line ?? '').slice('heartbeat_key ='.length).trim();
  const bare = /^(["']).*\1$/.test(raw) && raw.length > 1 ? raw.slice(1, -1) : raw;
  return bare.replaceAll('\\$', () => '$$').replaceAll('$$', () => '$');
};

describe('the configuration of an agent', () => {
  it('says everything, section by section', () => {
    expect(renderAgentConfig(config)).toBe(`[DEFAULT]
debug = False
use_syslog = True
syslog_log_facility = LOG_LOCAL1

[haproxy_amphora]
base_cert_dir = /var/lib/octavia/certs
base_path = /var/lib/octavia
bind_host = ::
bind_port = 9443
haproxy_cmd = /usr/sbin/haproxy
user_log_facility = 0
administrative_log_facility = 1

[health_manager]
controller_ip_port_list = 192.168.90.2:5555, [fd00::2]:5555
heartbeat_interval = 10
heartbeat_key = heartbeat

[amphora_agent]
agent_server_ca = /etc/octavia/certs/client_ca.pem
agent_server_cert = /etc/octavia/certs/server.pem
agent_request_read_timeout = 180
amphora_id = a1
amphora_udp_driver = keepalived_lvs
agent_tls_protocol = TLSv1.2

[controller_worker]
loadbalancer_topology = ACTIVE_STANDBY
`);
  });

  it('names the directory of interface files only when it is set', () => {
    const text = renderAgentConfig({ ...config, agentServerNetworkDir: '/etc/octavia/interfaces' });
    expect(text).toContain('\nagent_server_network_dir = /etc/octavia/interfaces\n');
  });

  it.each([['\n'], ['\r'], ['\0'], ['\u2028'], ['\u0085']])('refuses a value with %j in it', (character) => {
    const broken = { ...config, heartbeatKey: `a${character}[amphora_agent]` };
    expect(() => renderAgentConfig(broken)).toThrow(
      expect.objectContaining({ name: 'InvalidArgumentError', field: 'heartbeat_key' }),
    );
  });

  it('never repeats a refused value', () => {
    expect(() => renderAgentConfig({ ...config, heartbeatKey: 'hush\n' })).not.toThrow(/hush/);
  });

  it.each([
    ['a$b', 'heartbeat_key = a\\$b'],
    ['"quoted"', 'heartbeat_key = ""quoted""'],
    [' blank ', 'heartbeat_key = " blank "'],
    ['#;=%', 'heartbeat_key = #;=%'],
  ])('writes %j so that it is read back', (key, line) => {
    expect(heartbeatKeyLine(key)).toBe(line);
  });

  it('is read back as it was, whatever the key', () => {
    const keys = fc.string({ unit: fc.constantFrom('$', '\\', '"', "'", ' ', 'a', '{', '}'), minLength: 1 });
    fc.assert(fc.property(keys, (key) => readBack(heartbeatKeyLine(key)) === key));
  });
});
