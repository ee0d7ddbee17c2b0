import { describe, expect, test } from 'vitest';
import { renderHaproxy } from '../../../../../../lib/amphora/render/haproxy/render-haproxy.ts';
import type { UnrenderableValueError } from '../../../../../../lib/errors/unrenderable-value.ts';
import type { LoadBalancerTree } from '../../../../../../lib/models/objects/tree.ts';
import { haproxyInput } from '../../../../../fixtures/render/haproxy-cases.ts';
import {
  aListener,
  aLoadBalancer,
  aMember,
  aMonitor,
  aPolicy,
  aPool,
  aRule,
  aTree,
  uuid,
} from '../../../../../fixtures/render/tree.ts';

const healthy: LoadBalancerTree = aTree({
  listeners: [
    aListener(1, { default_pool_id: uuid('c') }),
    aListener(2, { protocol_port: 81, default_pool_id: uuid('c') }),
  ],
  pools: [aPool(1)],
  members: [aMember(1), aMember(2)],
  health_monitors: [aMonitor(1, { type: 'HTTP' })],
  l7_policies: [aPolicy(1)],
  l7_rules: [aRule(1), aRule(2)],
});

const render = (tree: LoadBalancerTree) => {
  const reports: UnrenderableValueError[] = [];
  const text = renderHaproxy(haproxyInput({ tree, onUnrenderable: (error) => reports.push(error) }));
  return { text, reports: reports.map((error) => [error.resource, error.resourceId, error.field]) };
};

/** What a healthy tree comes to without some of its objects. */
const without = (change: Partial<LoadBalancerTree>): string => render({ ...healthy, ...change }).text;

describe('a bad value', () => {
  test('is thrown when no caller takes reports', () => {
    const tree = { ...healthy, members: [aMember(1, { weight: 257 })] };
    expect(() => renderHaproxy(haproxyInput({ tree }))).toThrow(`member ${uuid('d')}: weight is not a whole number`);
  });

  test('of a member leaves the member out, and is reported once for all listeners', () => {
    const { text, reports } = render({ ...healthy, members: [aMember(1, { ip_address: 'x' }), aMember(2)] });
    expect(text).toBe(without({ members: [aMember(2)] }));
    expect(reports).toEqual([['member', uuid('d'), 'address']]);
  });

  test('of a health monitor leaves the pool unchecked', () => {
    const { text, reports } = render({ ...healthy, health_monitors: [aMonitor(1, { type: 'HTTP', url_path: '/ x' })] });
    expect(text).toBe(without({ health_monitors: [] }));
    expect(reports).toEqual([['health monitor', uuid('e'), 'url_path']]);
  });

  test('of a rule leaves its whole policy out, since one condition less would match more', () => {
    const { text, reports } = render({ ...healthy, l7_rules: [aRule(1), aRule(2, { value: 'a\nb' })] });
    expect(text).toBe(without({ l7_policies: [], l7_rules: [] }));
    expect(reports).toEqual([['l7rule', uuid('1', 2), 'value']]);
  });

  test('of a pool leaves its backends out', () => {
    const { text, reports } = render({ ...healthy, pools: [aPool(1, { lb_algorithm: 'SOURCE_IP_PORT' })] });
    expect(text).toBe(without({ pools: [] }));
    expect(reports).toEqual([['pool', uuid('c'), 'lb_algorithm']]);
  });

  test('of a listener leaves the listener and its backends out', () => {
    const [first] = healthy.listeners;
    const bad = aListener(2, { default_pool_id: uuid('c'), timeout_member_data: -1 });
    const { text, reports } = render({ ...healthy, listeners: first ? [first, bad] : [] });
    expect(text).toBe(without({ listeners: first ? [first] : [] }));
    expect(reports).toEqual([['listener', uuid('b', 2), 'timeout_member_data']]);
  });

  test('of the load balancer is thrown also when a caller takes reports', () => {
    const vip = { ...aLoadBalancer().vip, ip_address: 'x' };
    expect(() => render({ ...healthy, load_balancer: aLoadBalancer({ vip }) })).toThrow(/load balancer .* vip_address/);
  });
});

describe('a listener that should take TLS off', () => {
  const terminated = { protocol: 'TERMINATED_HTTPS', tls_certificate_id: 'ref' } as const;

  test.each([
    ['without a certificate', { ...terminated, tls_certificate_id: null }, 'tls_certificate_id'],
    [
      'whose client CA has no file',
      { ...terminated, client_ca_tls_certificate_id: 'ref' },
      'client_ca_tls_certificate_id',
    ],
    [
      'that must know its clients and has no CA',
      { ...terminated, client_authentication: 'MANDATORY' },
      'client_ca_tls_certificate_id',
    ],
  ] as const)('is refused %s', (_case, change, field) => {
    const { text, reports } = render({ ...healthy, listeners: [aListener(1, change)] });
    expect(text).not.toContain('frontend');
    expect(reports).toEqual([['listener', uuid('b'), field]]);
  });
});

test('a pool that should verify its members is refused without the file of its CA', () => {
  const { text, reports } = render({
    ...healthy,
    pools: [aPool(1, { tls_enabled: true, ca_tls_certificate_id: 'ref' })],
  });
  expect(text).not.toContain('verify none');
  expect(reports).toEqual([['pool', uuid('c'), 'ca_tls_certificate_id']]);
});
