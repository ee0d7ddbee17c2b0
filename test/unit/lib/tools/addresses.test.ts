import { describe, expect, it } from 'vitest';
import { canonicalAddress, hostOf, isSameAddress, normalCidr, socketOf } from '../../../../lib/tools/addresses.ts';

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

describe('the normal form of an address block', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3/32'],
    ['10.0.0.1/8', '10.0.0.0/8'],
    ['10.0.0.0/08', '10.0.0.0/8'],
    ['10.0.0.0/255.0.0.0', '10.0.0.0/8'],
    ['10.0.0.0/0.255.255.255', '10.0.0.0/8'],
    ['1.2.3.4/0.0.0.0', '0.0.0.0/0'],
    ['1.2.3.4/255.255.255.255', '1.2.3.4/32'],
    ['::/0', '::/0'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:DB8::1/32', '2001:db8::/32'],
    ['::ffff:1.2.3.4/120', '::ffff:102:300/120'],
    ['::ffff:1.2.3.4', '::ffff:102:304/128'],
    ['::1.2.3.4/128', '::102:304/128'],
    ['1:2:3:4:5:6:7:8/16', '1::/16'],
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['1:0:0:2::/128', '1:0:0:2::/128'],
    ['2001:db8::1/0032', '2001:db8::/32'],
  ])('of %s is %s, as in upstream', (value, block) => {
    expect(normalCidr(value)).toBe(block);
    expect(normalCidr(block)).toBe(block);
  });

  it.each([
    ...['', '/8', '10.0.0.0/', '10.0.0/8', '010.0.0.0/8', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/+8', '10.0.0.0/8/8'],
    ...[' 10.0.0.0/8', '10.0.0.0/8 ', '10.0.0.0/8\n', '10.0.0.0/255.0.255.0', '0x0a.0.0.0/8', '167772160', '::/129'],
    ...['2001:db8::/ffff:ffff::', 'fe80::1%eth0', '10.0.0.0/٨', 'x/8'],
  ])('%j has none', (value) => {
    expect(normalCidr(value)).toBeNull();
  });
});
