import { describe, expect, it } from 'vitest';
import { amphoraBootFiles } from '../../../../lib/amphora/boot-files.ts';

const agentConfig = '[amphora_agent]\namphora_id = a1\n';

describe('the files an amphora boots with', () => {
  it('are its certificate, the client CA, the configuration of its agent and of its log', () => {
    expect(amphoraBootFiles({ serverPem: 'server', clientCaPem: 'ca', agentConfig })).toEqual({
      '/etc/octavia/certs/server.pem': 'server',
      '/etc/octavia/certs/client_ca.pem': 'ca',
      '/etc/octavia/amphora-agent.conf': agentConfig,
      '/etc/rsyslog.d/10-rsyslog.conf': expect.stringMatching(/^#/),
    });
  });

  it('are refused when one is larger than Nova takes, without showing it', () => {
    const files = () => amphoraBootFiles({ serverPem: 'x'.repeat(10_241), clientCaPem: 'ca', agentConfig });
    expect(files).toThrow(/server\.pem: is 10241 bytes/);
    expect(files).not.toThrow(/xxx/);
  });
});
