import { DefaultPoolExistsError, PoolInUseError } from '../errors/conflict.ts';
import { isBeingDeleted } from '../models/objects/change.ts';
import type { Child } from '../models/objects/child.ts';
import type { Pool } from '../models/objects/pool.ts';
import type { TreeChange } from '../models/objects/tree-change.ts';
import {
  asListener,
  asPool,
  listenersDefaultingTo,
  listenersUsing,
  objectIn,
  policiesRedirectingTo,
  type Read,
  stateOf,
} from './relations.ts';

/**
 * @param listenerId the listener whose default pool it becomes
 * @param below its members and health monitor
 * @throws DefaultPoolExistsError @throws ListenerNotFound
 */
export const createPool = (
  read: Read,
  pool: Pool,
  listenerId: string | null,
  below: readonly Child[] = [],
): TreeChange => {
  const creates = [asPool(pool), ...below];
  if (listenerId === null) return { creates };
  const listener = objectIn(read, 'listener', listenerId);
  if (listener.default_pool_id !== null) throw new DefaultPoolExistsError(listenerId);
  const changes = { default_pool_id: pool.id };
  return {
    creates,
    updates: [{ child: asListener(listener), state: stateOf(read, listenerId), changes }],
  };
};

export type PoolUpdates = Partial<Omit<Pool, 'id' | 'project_id' | 'load_balancer_id' | 'protocol' | 'created_at'>>;

/** @throws PoolNotFound @throws ImmutableChildError */
export const updatePool = (read: Read, id: string, changes: PoolUpdates): TreeChange => ({
  updates: [{ child: asPool(objectIn(read, 'pool', id, isBeingDeleted)), state: stateOf(read, id), changes }],
  parents: listenersUsing(read, id).map(asListener),
});

/** Listeners that had it as their default have none then. @throws PoolInUseError by an L7 policy @throws PoolNotFound */
export const deletePool = (read: Read, id: string): TreeChange => {
  const pool = objectIn(read, 'pool', id, isBeingDeleted);
  const [policy] = policiesRedirectingTo(read, id);
  if (policy !== undefined) throw new PoolInUseError(id, policy.id);
  return {
    deletes: [{ child: asPool(pool), state: stateOf(read, id) }],
    updates: listenersDefaultingTo(read, id).map((listener) => ({
      child: asListener(listener),
      state: stateOf(read, listener.id),
      changes: { default_pool_id: null },
    })),
  };
};
