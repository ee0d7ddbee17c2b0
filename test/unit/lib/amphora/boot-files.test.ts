import { describe, expect, it } from 'vitest';
import type { AgentConfig } from '../../../../lib/amphora/agent-config.ts';
import { amphoraBootFiles } from '../../../../lib/amphora/boot-files.ts';

const agent: AgentConfig = {
  amphoraId: 'a1',
  topology: 'SINGLE',
  heartbeatKey: 'beat',
  heartbeatInterval: 10,
  controllerIpPortList: [],
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

describe('the files an amphora boots with', () => {
  it('are its certificate, the client CA, the configuration of its agent and of its log', () => {
    expect(amphoraBootFiles({ serverPem: 'server', clientCaPem: 'ca', agent })).toEqual({
      '/etc/octavia/certs/server.pem': 'server',
      '/etc/octavia/certs/client_ca.pem': 'ca',
      '/etc/octavia/amphora-agent.conf': expect.stringContaining('\namphora_id = a1\n'),
      '/etc/rsyslog.d/10-rsyslog.conf': expect.stringMatching(/^#/),
    });
  });

  it('are refused when one is larger than Nova takes, without showing it', () => {
    const files = () => amphoraBootFiles({ serverPem: 'x'.repeat(10_241), clientCaPem: 'ca', agent });
    expect(files).toThrow(/server\.pem: is 10241 bytes/);
    expect(files).not.toThrow(/xxx/);
  });
});
