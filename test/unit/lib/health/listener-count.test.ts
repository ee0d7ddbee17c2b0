import { describe, expect, it } from 'vitest';
import { expectedListeners, reportsAll } from '../../../../lib/health/listener-count.ts';
import type { ChangeState } from '../../../../lib/models/objects/change.ts';
import type { Listener } from '../../../../lib/models/objects/listener.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
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
  incomplete: false,
};
const treeOf = (listeners: readonly Partial<Listener>[], changes: Partial<typeof load_balancer> = {}) => ({
  load_balancer: { ...load_balancer, ...changes },
  listeners: listeners.map((listener) => newListener(owner, { provisioning_status: 'ACTIVE', ...listener })),
  pools: [pool],
  members: [newMember(pool), newMember(newPool(owner), { enabled: false })],
  health_monitors: [],
  l7_policies: [],
  l7_rules: [],
  amphorae: [],
});

const count = (tree: ReturnType<typeof treeOf>, version = 3, changes: ReadonlyMap<string, ChangeState> = new Map()) =>
  expectedListeners(tree, changes, version, undefined);

/** Two listeners, one of which is in ERROR and in this state. */
const withOneInError = (state: Partial<ChangeState>, { hasFiles = false } = {}) => {
  const tree = treeOf([{}, { provisioning_status: 'ERROR' }]);
  const change = aChangeState({ rejected: true, ...state });
  const id = String(tree.listeners[1]?.id);
  const listeners = hasFiles ? { [id]: { clientCa: null, clientCrl: null } } : {};
  return expectedListeners(tree, new Map([[id, change]]), 3, { listeners, pools: {} });
};

describe('the listeners an amphora should report', () => {
  it('are the enabled ones', () => {
    expect(count(treeOf([{}, {}, { enabled: false }]))).toBe(2);
  });

  it('trap 10: are an unknown number while something changes', () => {
    expect(count(treeOf([{}], { provisioning_status: 'PENDING_UPDATE' }))).toBeNull();
  });

  it('trap 29: are an unknown number for a disabled load balancer', () => {
    expect(count(treeOf([{}], { enabled: false }))).toBeNull();
  });

  it('trap 11: are without one that was never configured, or whose secrets are gone', () => {
    expect(withOneInError({ was_applied: false })).toBe(1);
    expect(withOneInError({})).toBe(1);
    expect(withOneInError({}, { hasFiles: true })).toBe(2);
  });

  it('trap 11: are with one whose change was refused, since its former form is served', () => {
    expect(withOneInError({ applied: { connection_limit: 5 } })).toBe(2);
  });

  it('trap 11: are an unknown number when a change failed as a whole', () => {
    expect(withOneInError({ rejected: false, applied: { connection_limit: 5 } })).toBeNull();
  });

  it('trap 11: are unknown while a failed deletion of a listener is wanted', () => {
    expect(withOneInError({ rejected: false, deletion_failed: true })).toBeNull();
  });

  it('are without UDP listeners that an old agent does not report', () => {
    const udp = [{ protocol: 'UDP' as const }, { protocol: 'UDP' as const, default_pool_id: pool.id }];
    expect(count(treeOf(udp), 0)).toBe(1);
    expect(count(treeOf(udp), 1)).toBe(2);
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
