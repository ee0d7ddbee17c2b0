import { describe, expect, it } from 'vitest';
import { connectAddress, hostHeader } from '../../../../lib/amphora/agent-endpoint.ts';

describe('the address of an agent', () => {
  it.each([
    ['192.168.90.7', '192.168.90.7'],
    ['fd00::7', 'fd00::7'],
    ['fe80::7', 'fe80::7%o-hm0'],
    ['FEBF::7', 'FEBF::7%o-hm0'],
    ['fe80::7%eth0', 'fe80::7%eth0'],
  ])('%s is connected to as %s', (ip, address) => {
    expect(connectAddress(ip, 'o-hm0')).toBe(address);
  });

  it.each([
    ['192.168.90.7', '192.168.90.7:9443'],
    ['fd00::7', '[fd00::7]:9443'],
    ['fe80::7%eth0', '[fe80::7]:9443'],
  ])('%s is named %s to the other side', (ip, host) => {
    expect(hostHeader(ip, 9443)).toBe(host);
  });
});
