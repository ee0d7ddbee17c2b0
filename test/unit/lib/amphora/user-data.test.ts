import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { userData } from '../../../../lib/amphora/user-data.ts';

describe('the user data of an amphora', () => {
  it('starts with the line cloud-init looks for', () => {
    expect(userData('UTC').split('\n')[0]).toBe('#cloud-config');
  });

  it('sets the time zone and starts rsyslog again', () => {
    expect(parse(userData('Europe/Vienna'))).toMatchObject({
      timezone: 'Europe/Vienna',
      runcmd: expect.arrayContaining(['systemctl restart rsyslog']),
    });
  });

  it('switches duplicate detection off where the agent plugs interfaces', () => {
    expect(parse(userData('UTC')).runcmd).toContainEqual(
      expect.stringContaining('ip netns exec amphora-haproxy sysctl -qw net.ipv6.conf.default.accept_dad=0'),
    );
  });

  it('keeps a time zone with odd characters a value', () => {
    expect(parse(userData('a: b\n- c')).timezone).toBe('a: b\n- c');
  });
});
