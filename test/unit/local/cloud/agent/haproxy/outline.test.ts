import { describe, expect, it } from 'vitest';
import { outline, syntaxComplaint } from '../../../../../../local/cloud/agent/haproxy/outline.ts';
import { combinedConfig } from '../amphora-config.ts';

const config = combinedConfig({ lb: 'lb', vip: '127.0.0.1', port: 80, memberPort: 81 });

describe('outline', () => {
  it('names frontends, backends and servers', () => {
    expect(outline(config)).toEqual({
      frontends: [{ id: 'listener-1', mode: 'http', tls: false }],
      backends: [
        {
          name: 'pool-1:listener-1',
          servers: [
            { id: 'member-1', checked: false, disabled: false, weight: 1 },
            { id: 'member-2', checked: false, disabled: false, weight: 0 },
            { id: 'member-3', checked: false, disabled: true, weight: 1 },
          ],
        },
      ],
    });
  });

  it('leaves the exporter out', () => {
    const text =
      'frontend prometheus-exporter-internal-endpoint\n    mode http\nbackend prometheus-exporter-internal\n    mode http\n';
    expect(outline(text)).toEqual({ frontends: [], backends: [] });
  });
});

describe('syntaxComplaint', () => {
  it('takes a configuration as the worker writes it', () => expect(syntaxComplaint(config)).toBeNull());
  it('names an unknown section', () => expect(syntaxComplaint('fronted x\n')).toMatch(/fronted/));
  it('names a frontend without a mode', () =>
    expect(syntaxComplaint('frontend x\n    bind *:1\n')).toMatch(/'x' has no mode/));
  it('complains about nothing at all', () => expect(syntaxComplaint('# only words\n')).toMatch(/empty/));
});
