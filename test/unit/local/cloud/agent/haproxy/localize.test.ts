import { describe, expect, it } from 'vitest';
import { localize, localizeCertificateList } from '../../../../../../local/cloud/agent/haproxy/localize.ts';

const places = {
  basePath: '/var/lib/octavia',
  baseCertDir: '/var/lib/octavia/certs',
  onHost: (path: string) => `/disk${path}`,
  statsSocket: '/short.sock',
};

describe('localize', () => {
  it('leaves out user, group and log sockets of the global section only', () => {
    const config =
      'global\n    user nobody\n    group x\n    log /run/log local0\n    log 127.0.0.1 local0\nuserlist u\n    user bob\n';
    expect(localize(config, places)).toBe('global\n    log 127.0.0.1 local0\nuserlist u\n    user bob\n');
  });

  it('moves the paths haproxy opens, and the statistics socket to a short one', () => {
    const config = [
      'global',
      '    stats socket /var/lib/octavia/lb.sock mode 0666 level user',
      '    server-state-file /var/lib/octavia/lb/servers-state',
      'frontend f',
      '    bind 127.1.1.1:443 ssl crt-list /var/lib/octavia/certs/lb/f.pem ca-file /var/lib/octavia/certs/lb/ca.pem verify required',
      'backend b',
      '    external-check command /var/lib/octavia/ping-wrapper.sh',
      '    server m 127.0.0.1:80 ssl crt /var/lib/octavia/certs/lb/m.pem ca-file /etc/ssl/ca.pem',
    ];
    expect(localize(config.join('\n'), places).split('\n')).toEqual([
      'global',
      '    stats socket /short.sock mode 0666 level user',
      '    server-state-file /disk/var/lib/octavia/lb/servers-state',
      'frontend f',
      '    bind 127.1.1.1:443 ssl crt-list /disk/var/lib/octavia/certs/lb/f.pem.local ca-file /disk/var/lib/octavia/certs/lb/ca.pem verify required',
      'backend b',
      '    external-check command /disk/var/lib/octavia/ping-wrapper.sh',
      '    server m 127.0.0.1:80 ssl crt /disk/var/lib/octavia/certs/lb/m.pem ca-file /etc/ssl/ca.pem',
    ]);
  });

  it('moves the ping wrapper also with another base_path', () => {
    const line = 'external-check command /var/lib/octavia/ping-wrapper.sh';
    expect(localize(line, { ...places, basePath: '/srv', baseCertDir: '/srv/certs' })).toBe(
      'external-check command /disk/var/lib/octavia/ping-wrapper.sh',
    );
  });

  it('leaves what a tenant wrote alone', () => {
    const rule =
      'frontend f\n    acl a path -m beg /var/lib/octavia/x\n    acl b req.hdr(x) -m str crt\\ /var/lib/octavia/x';
    expect(localize(rule, places)).toBe(rule);
  });

  it('moves the paths of a certificate list', () => {
    const list = '/var/lib/octavia/certs/lb/a.pem\n/elsewhere/b.pem\n';
    expect(localizeCertificateList(list, places)).toBe('/disk/var/lib/octavia/certs/lb/a.pem\n/elsewhere/b.pem\n');
  });
});
