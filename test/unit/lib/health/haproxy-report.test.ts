import { describe, expect, it } from 'vitest';
import { lacksHaproxyReport, type Served } from '../../../../lib/health/haproxy-report.ts';
import { aListener, aLoadBalancer, aPool, uuid } from '../../../fixtures/render/tree.ts';

const TCP = aListener(1, { protocol: 'TCP' });
const UDP = aListener(2, { protocol: 'UDP' });
const pools = [aPool(1, { protocol: 'TCP' }), aPool(2, { protocol: 'UDP' })];
const stats = { tx: 0, rx: 0, conns: 0, totconns: 0, ereq: 0 };

const lacks = (served: Partial<Served>, listeners: readonly string[], reportedPools: readonly string[]): boolean =>
  lacksHaproxyReport(
    { load_balancer: aLoadBalancer(), listeners: [TCP, UDP], pools, ...served },
    {
      listeners: new Map(listeners.map((id) => [id, { status: 'OPEN', stats }])),
      pools: new Map(reportedPools.map((id) => [id, { status: 'UP', members: new Map() }])),
    },
  );

describe('a heartbeat', () => {
  it('lacks the report of haproxy when it has neither a listener nor a pool of it', () => {
    expect(lacks({}, [], [])).toBe(true);
    expect(lacks({}, [UDP.id], [uuid('c', 2)])).toBe(true);
    expect(lacks({ listeners: [{ ...TCP, provisioning_status: 'PENDING_UPDATE' }] }, [], [])).toBe(true);
  });

  it('has it with any listener or pool of haproxy', () => {
    expect(lacks({}, [TCP.id], [])).toBe(false);
    expect(lacks({}, [], [uuid('c', 1)])).toBe(false);
  });

  it.each<readonly [string, Partial<Served>]>([
    ['the load balancer is disabled', { load_balancer: aLoadBalancer({ enabled: false }) }],
    ['the listener is disabled', { listeners: [{ ...TCP, enabled: false }] }],
    ['there is no listener', { listeners: [] }],
    ['keepalived serves all listeners', { listeners: [UDP] }],
    ['the amphora may not have the listener yet', { listeners: [{ ...TCP, provisioning_status: 'PENDING_CREATE' }] }],
    ['the listener was refused', { listeners: [{ ...TCP, provisioning_status: 'ERROR' }] }],
    ['the listener is being deleted', { listeners: [{ ...TCP, provisioning_status: 'PENDING_DELETE' }] }],
  ])('lacks nothing when %s', (_case, served) => {
    expect(lacks(served, [], [])).toBe(false);
  });
});
