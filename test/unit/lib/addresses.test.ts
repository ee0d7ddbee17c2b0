import { describe, expect, it } from 'vitest';
import { canonicalAddress, hostOf, isSameAddress, socketOf } from '../../../lib/addresses.ts';

describe('an address', () => {
  it.each([
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['::10.0.0.1', '::a00:1'],
    ['10.0.0.1', '10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['2001:DB8::/64', '2001:DB8::/64'],
  ])('%s has the canonical spelling %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it.each([
    ['::FFFF:a9fe:a9fe', '169.254.169.254'],
    ['FE80::1%o-hm0', 'fe80::1'],
    ['10.0.0.1', '10.0.0.1'],
    ['nowhere', null],
  ])('%s leads to the host %s', (address, host) => {
    expect(hostOf(address)).toBe(host);
  });

  it('is the same in every spelling, and nothing is the same as what is no address', () => {
    expect(isSameAddress('::ffff:10.0.0.1', '10.0.0.1')).toBe(true);
    expect(isSameAddress('2001:DB8::1', '2001:db8:0::1')).toBe(true);
    expect(isSameAddress('10.0.0.1', '10.0.0.2')).toBe(false);
    expect(isSameAddress('', '')).toBe(false);
    expect(isSameAddress('nowhere', 'elsewhere')).toBe(false);
  });

  it('makes a member with its port, whatever its spelling', () => {
    const socket = socketOf({ ip_address: '2001:DB8::1', protocol_port: 80 });
    expect(socket).toBe(socketOf({ ip_address: '2001:db8:0:0::1', protocol_port: 80 }));
    expect(socket).not.toBe(socketOf({ ip_address: '2001:db8::1', protocol_port: 81 }));
  });
});
