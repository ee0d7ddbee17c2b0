import { describe, expect, it } from 'vitest';
import { lvsOutline } from '../../../../../local/cloud/agent/lvs-outline.ts';
import { peerName } from '../../../../../local/cloud/agent/peer-name.ts';
import { agentSettings } from '../../../../../local/cloud/agent/settings.ts';
import { vrrpInstance } from '../../../../../local/cloud/agent/vrrp.ts';

describe('agentSettings', () => {
  it('reads a configuration, quotes and dollar signs as oslo.config does', () => {
    const text = [
      '[health_manager]',
      'heartbeat_key = "a\\$b "',
      'heartbeat_interval = 3',
      'controller_ip_port_list = 127.0.0.1:5555, [::1]:5556',
      '# comment = yes',
      '[amphora_agent]',
      'amphora_id = one',
    ].join('\n');
    expect(agentSettings(text)).toMatchObject({
      amphoraId: 'one',
      heartbeatKey: 'a$b ',
      heartbeatInterval: 3,
      controllers: ['127.0.0.1:5555', '[::1]:5556'],
      basePath: '/var/lib/octavia',
      topology: 'SINGLE',
    });
  });
});

describe('peerName', () => {
  it('hashes the id as upstream does', () =>
    expect(peerName('11111111-2222-4333-8444-555555555555')).toBe('xXu-FMQ0vr_hLZFNFyIplfVZyGE'));
});

describe('vrrpInstance', () => {
  it('reads priority and addresses of both lists', () => {
    const config = `vrrp_instance x {
  priority 90
  virtual_ipaddress {
    127.10.1.5
    127.10.1.6/32
  }
  virtual_ipaddress_excluded {
    fd00::5
  }
}`;
    expect(vrrpInstance(config)).toEqual({ priority: 90, addresses: ['127.10.1.5', '127.10.1.6', 'fd00::5'] });
  });
});

describe('lvsOutline', () => {
  const config = `# Configuration for Loadbalancer lb
# Configuration for Listener listener
virtual_server group ipv4-group {
    # Configuration for Pool pool
    # Configuration for HealthMonitor monitor
    # Configuration for Member one
    real_server 127.0.0.1 80 {
        weight 0
        MISC_CHECK {
        }
    }
    # Member two is disabled
}`;
  it('reads the ids out of the comments', () =>
    expect(lvsOutline(config)).toEqual({
      listenerId: 'listener',
      listenerDisabled: false,
      poolId: 'pool',
      monitored: true,
      members: [
        { id: 'one', disabled: false, weight: 0 },
        { id: 'two', disabled: true, weight: 1 },
      ],
    }));
  it('names a disabled listener and pool', () =>
    expect(lvsOutline('# Listener l is disabled\n# Pool p is disabled\n')).toMatchObject({
      listenerDisabled: true,
      poolId: null,
    }));
});
