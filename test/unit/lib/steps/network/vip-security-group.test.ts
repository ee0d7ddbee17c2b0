import { describe, expect, it } from 'vitest';
import type { LoadBalancer } from '../../../../../lib/models/objects/load-balancer.ts';
import { rulesChecksum, wantedIngressRules } from '../../../../../lib/steps/network/vip-security-group.ts';
import {
  activeStandby,
  additionalVip,
  aListener,
  aLoadBalancer,
  anAmphora,
  aTree,
} from '../../../../fixtures/render/tree.ts';

const short = (tree: Parameters<typeof wantedIngressRules>[0]) =>
  wantedIngressRules(tree).map(
    ({ ethertype, protocol, port, remoteIpPrefix }) => `${ethertype} ${protocol} ${port} ${remoteIpPrefix}`,
  );

const withVip = (ip_address: string): LoadBalancer => {
  const loadBalancer = aLoadBalancer();
  return { ...loadBalancer, vip: { ...loadBalancer.vip, ip_address } };
};

describe('the ingress rules', () => {
  it("open each listener's port to all clients, by its own transport", () => {
    const listeners = [
      aListener(1),
      aListener(2, { protocol: 'TERMINATED_HTTPS', protocol_port: 443 }),
      aListener(3, { protocol: 'UDP', protocol_port: 53 }),
      aListener(4, { protocol: 'SCTP', protocol_port: 36412 }),
    ];
    expect(short(aTree({ listeners }))).toEqual([
      'IPv4 tcp 80 null',
      'IPv4 tcp 443 null',
      'IPv4 udp 53 null',
      'IPv4 sctp 36412 null',
    ]);
  });

  it('open it to allowed networks alone, in the families the VIP has', () => {
    const listeners = [aListener(1, { allowed_cidrs: ['198.51.100.0/24', '2001:db8:1::/64'] })];
    expect(short(aTree({ listeners }))).toEqual(['IPv4 tcp 80 198.51.100.0/24']);
    expect(short(aTree({ listeners, load_balancer: withVip('2001:db8::10') }))).toEqual([
      'IPv6 tcp 80 2001:db8:1::/64',
    ]);
  });

  it('open both families when a further VIP is of the other', () => {
    const load_balancer = aLoadBalancer({ additional_vips: [additionalVip('2001:db8::10')] });
    expect(short(aTree({ listeners: [aListener()], load_balancer }))).toEqual(['IPv4 tcp 80 null', 'IPv6 tcp 80 null']);
  });

  it('are each there once', () => {
    const listeners = [aListener(1, { allowed_cidrs: ['10.0.0.0/8', '10.0.0.0/8'] }), aListener(2)];
    expect(short(aTree({ listeners }))).toEqual(['IPv4 tcp 80 10.0.0.0/8', 'IPv4 tcp 80 null']);
  });

  it('close the port of a listener that goes away', () => {
    expect(short(aTree({ listeners: [aListener(1, { provisioning_status: 'PENDING_DELETE' })] }))).toEqual([]);
  });

  it("leave listeners to the tenant's own groups", () => {
    const loadBalancer = aLoadBalancer();
    const load_balancer = { ...loadBalancer, vip: { ...loadBalancer.vip, sg_ids: ['group'] } };
    expect(short(aTree({ listeners: [aListener()], load_balancer }))).toEqual([]);
  });

  it('let two amphorae talk to each other, and no other client', () => {
    const amphorae = [anAmphora(1), anAmphora(2), anAmphora(3, { status: 'DELETED' }), anAmphora(4, { vrrp_ip: null })];
    expect(short(aTree({ load_balancer: activeStandby(), amphorae }))).toEqual([
      'IPv4 tcp 1025 192.0.2.21/32',
      'IPv4 112 null 192.0.2.21/32',
      'IPv4 51 null 192.0.2.21/32',
      'IPv4 tcp 1025 192.0.2.22/32',
      'IPv4 112 null 192.0.2.22/32',
      'IPv4 51 null 192.0.2.22/32',
    ]);
    expect(short(aTree({ amphorae }))).toEqual([]);
  });
});

describe('the checksum of rules', () => {
  const rules = wantedIngressRules(aTree({ listeners: [aListener(1), aListener(2, { protocol_port: 81 })] }));

  it('does not depend on their order', () => {
    expect(rulesChecksum(rules.toReversed())).toBe(rulesChecksum(rules));
  });

  it('differs for other rules', () => {
    expect(rulesChecksum(rules.slice(1))).not.toBe(rulesChecksum(rules));
    expect(rulesChecksum([])).not.toBe(rulesChecksum(rules));
  });
});
