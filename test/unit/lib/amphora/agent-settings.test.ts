import { afterEach, describe, expect, it, vi } from 'vitest';
import { amphoraKeyOf } from '../../../../lib/models/heartbeat-key.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** Settings are read once per module, so each test loads its own. */
const load = async () => {
  vi.resetModules();
  return (await import('../../../../lib/amphora/agent-settings.ts')).agentConfigFor;
};

const heartbeats = { heartbeatKey: 'heartbeat', heartbeatInterval: 7, controllerIpPortList: ['192.168.90.2:5555'] };

describe('the configuration of one agent', () => {
  it('follows the settings of the worker', async () => {
    vi.stubEnv('AMPHORA_BIND_PORT', '9444');
    const agentConfigFor = await load();
    expect(agentConfigFor('a1', 'SINGLE', heartbeats)).toMatchObject({
      amphoraId: 'a1',
      topology: 'SINGLE',
      heartbeatKey: amphoraKeyOf('heartbeat', 'a1'),
      heartbeatInterval: 7,
      controllerIpPortList: ['192.168.90.2:5555'],
      agentPort: 9444,
      haproxyCmd: '/usr/sbin/haproxy',
    });
  });

  it('is refused with a TLS version that no agent starts with', async () => {
    vi.stubEnv('AMPHORA_AGENT_TLS_PROTOCOL', 'TLSv1.3');
    const agentConfigFor = await load();
    expect(() => agentConfigFor('a1', 'SINGLE', heartbeats)).toThrow(
      'AMPHORA_AGENT_TLS_PROTOCOL: must be one of TLSv1, TLSv1.1, TLSv1.2, is "TLSv1.3"',
    );
  });
});
