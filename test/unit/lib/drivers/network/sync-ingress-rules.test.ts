import { afterEach, describe, expect, it } from 'vitest';
import { ruleDifference } from '../../../../../lib/drivers/network/ingress-rules.ts';
import type { IngressRule } from '../../../../../lib/drivers/network/network-driver.ts';
import { syncIngressRules } from '../../../../../lib/drivers/network/sync-ingress-rules.ts';
import { closeFakeClouds, givenCloud } from '../../openstack/fake-cloud.ts';

const RULES = '/network/v2.0/security-group-rules';
const tcp = (port: number, remoteIpPrefix: string | null = null): IngressRule => ({
  ethertype: 'IPv4',
  protocol: 'tcp',
  port,
  remoteIpPrefix,
});
const rule = (id: string, port: number, fields: Record<string, string | number | null> = {}) => ({
  id,
  security_group_id: 'g',
  ethertype: 'IPv4',
  protocol: 'tcp',
  port_range_min: port,
  port_range_max: port,
  remote_ip_prefix: null,
  ...fields,
});
const list = (...rules: unknown[]) => ({ status: 200, body: { security_group_rules: rules } });
const exists = { status: 409, body: { NeutronError: { type: 'SecurityGroupRuleExists', message: 'exists' } } };
const created = { status: 201 };

describe('ruleDifference', () => {
  it.each([
    ['any source, written out', rule('r', 80, { remote_ip_prefix: '0.0.0.0/0' }), tcp(80)],
    ['any source, asked for', rule('r', 80), tcp(80, '0.0.0.0/0')],
    ['an address without length', rule('r', 80, { remote_ip_prefix: '10.1.2.3/32' }), tcp(80, '10.1.2.3')],
    ['host bits', rule('r', 80, { remote_ip_prefix: '10.1.2.0/24' }), tcp(80, '10.1.2.3/24')],
    ['the protocol as a number', rule('r', 80, { protocol: '6' }), tcp(80)],
    [
      'capitals in IPv6',
      rule('r', 80, { ethertype: 'IPv6', remote_ip_prefix: '2001:db8::/64' }),
      { ...tcp(80, '2001:DB8:0::/64'), ethertype: 'IPv6' as const },
    ],
    [
      'a protocol without ports',
      rule('r', 0, { protocol: 'vrrp', port_range_min: null, port_range_max: null }),
      { ...tcp(0), protocol: '112', port: null },
    ],
  ])('sees no difference in %s', (_, existing, wanted) => {
    expect(ruleDifference([existing], [wanted])).toEqual({ missing: [], extra: [] });
  });

  it('takes the second of two alike, port ranges and rules for groups away', () => {
    const existing = [
      rule('b', 80),
      rule('a', 80),
      rule('c', 80, { port_range_max: 90 }),
      rule('d', 80, { remote_group_id: 'g' }),
    ];
    expect(ruleDifference(existing, [tcp(80)])).toEqual({ missing: [], extra: ['b', 'c', 'd'] });
  });

  it('asks once for a rule that is wanted twice', () => {
    expect(ruleDifference([], [tcp(80), tcp(80, '0.0.0.0/0')]).missing).toHaveLength(1);
  });
});

describe('syncIngressRules', () => {
  afterEach(closeFakeClouds);

  it('makes what is missing in one request, then deletes what is too much', async () => {
    const cloud = await givenCloud({
      [`GET ${RULES}`]: [list(rule('old', 22), rule('kept', 80))],
      [`POST ${RULES}`]: [created],
      [`DELETE ${RULES}/old`]: [{ status: 404 }],
    });
    await syncIngressRules(cloud.session, 'g', [
      tcp(80),
      tcp(443, '10.0.0.0/8'),
      { ...tcp(0), protocol: '112', port: null },
    ]);
    expect(cloud.asked.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE']);
    const common = { security_group_id: 'g', direction: 'ingress', ethertype: 'IPv4' };
    expect(cloud.asked[1]?.body).toEqual({
      security_group_rules: [
        { ...common, protocol: 'tcp', port_range_min: 443, port_range_max: 443, remote_ip_prefix: '10.0.0.0/8' },
        { ...common, protocol: '112' },
      ],
    });
  });

  it('only looks when nothing is to be done', async () => {
    const cloud = await givenCloud({ [`GET ${RULES}`]: [list(rule('r', 80))] });
    await syncIngressRules(cloud.session, 'g', [tcp(80)]);
    expect(cloud.asked.map(({ method }) => method)).toEqual(['GET']);
  });

  it('asks for each rule alone when another client made one of them meanwhile', async () => {
    const cloud = await givenCloud({ [`GET ${RULES}`]: [list()], [`POST ${RULES}`]: [exists, exists, created] });
    await syncIngressRules(cloud.session, 'g', [tcp(80), tcp(443)]);
    expect(cloud.asked.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST', 'POST']);
  });

  it('makes many rules in few requests', async () => {
    const cloud = await givenCloud({ [`GET ${RULES}`]: [list()], [`POST ${RULES}`]: [created] });
    await syncIngressRules(
      cloud.session,
      'g',
      Array.from({ length: 250 }, (_, index) => tcp(index + 1)),
    );
    expect(cloud.asked.filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  it('fails with any other refusal', async () => {
    const quota = { status: 409, body: { NeutronError: { type: 'OverQuota', message: 'Quota exceeded' } } };
    const cloud = await givenCloud({ [`GET ${RULES}`]: [list()], [`POST ${RULES}`]: [quota] });
    await expect(syncIngressRules(cloud.session, 'g', [tcp(80)])).rejects.toMatchObject({ name: 'CloudRequestError' });
  });
});
