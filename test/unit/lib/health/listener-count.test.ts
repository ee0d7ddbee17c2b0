import { describe, expect, it } from 'vitest';
import { expectedListeners, reportsAll } from '../../../../lib/health/listener-count.ts';
import type { Listener } from '../../../../lib/models/listener.ts';
import { newListener, newMember, newPool } from '../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';

const owner = newLoadBalancer({ provisioning_status: 'ACTIVE' });
const pool = newPool(owner);
const load_balancer = {
  ...owner,
  lock: null,
  fence: 1,
  generation: 1,
  ingress_checksum: null,
  staged_operation_id: null,
};
const treeOf = (listeners: readonly Partial<Listener>[], changes: Partial<typeof load_balancer> = {}) => ({
  load_balancer: { ...load_balancer, ...changes },
  listeners: listeners.map((listener) => newListener(owner, { provisioning_status: 'ACTIVE', ...listener })),
  members: [newMember(pool), newMember(newPool(owner), { enabled: false })],
});

describe('the listeners an amphora should report', () => {
  it('are the enabled ones', () => {
    expect(expectedListeners(treeOf([{}, {}, { enabled: false }]), 3)).toBe(2);
  });

  it('trap 10: are nobody knows how many while something changes', () => {
    expect(expectedListeners(treeOf([{}], { provisioning_status: 'PENDING_UPDATE' }), 3)).toBeNull();
  });

  it('trap 29: are nobody knows how many of a disabled load balancer', () => {
    expect(expectedListeners(treeOf([{}], { enabled: false }), 3)).toBeNull();
  });

  it('trap 11: are without one that could not be configured', () => {
    expect(expectedListeners(treeOf([{}, { provisioning_status: 'ERROR' }]), 3)).toBe(1);
  });

  it('are without UDP listeners that an old agent keeps silent about', () => {
    const udp = [{ protocol: 'UDP' as const }, { protocol: 'UDP' as const, default_pool_id: pool.id }];
    expect(expectedListeners(treeOf(udp), 0)).toBe(1);
    expect(expectedListeners(treeOf(udp), 1)).toBe(2);
  });
});

describe('a heartbeat', () => {
  const reported = (count: number) => ({
    listeners: new Map(
      Array.from({ length: count }, (_, index) => [
        String(index),
        { status: 'OPEN', stats: { tx: 0, rx: 0, conns: 0, totconns: 0, ereq: 0 } },
      ]),
    ),
  });

  it('reports all when the count is the expected one, or none is expected', () => {
    expect(reportsAll(reported(2), 2)).toBe(true);
    expect(reportsAll(reported(1), 2)).toBe(false);
    expect(reportsAll(reported(3), 2)).toBe(false);
    expect(reportsAll(reported(1), null)).toBe(true);
  });
});
