import { DuplicateListenerError } from '../errors/conflict.ts';
import { isBeingDeleted } from '../models/objects/change.ts';
import type { Child } from '../models/objects/child.ts';
import type { Listener } from '../models/objects/listener.ts';
import type { TreeChange } from '../models/objects/tree-change.ts';
import { listenerPort, peerPortAfter } from './listener-ports.ts';
import { asListener, objectIn, type Read, stateOf } from './relations.ts';

const checkPool = (read: Read, poolId: string | null | undefined): void => {
  if (poolId !== null && poolId !== undefined) objectIn(read, 'pool', poolId);
};

/** Pools that new objects name and that do not come with them. @throws PoolNotFound */
const checkPoolsOf = (read: Read, created: readonly Child[]): void => {
  const coming = new Set(created.map(({ object }) => object.id));
  const named = created.flatMap(({ kind, object }) => {
    if (kind === 'listener') return object.default_pool_id ?? [];
    return kind === 'l7_policy' ? (object.redirect_pool_id ?? []) : [];
  });
  for (const poolId of named) if (!coming.has(poolId)) objectIn(read, 'pool', poolId);
};

/**
 * @param below what comes with it: pools with members and health monitors, policies with rules
 * @throws DuplicateListenerError
 * @throws PoolNotFound a pool that it names is neither this load balancer's nor comes with it
 */
export const createListener = (read: Read, listener: Listener, below: readonly Child[] = []): TreeChange => {
  const { listeners } = read.tree;
  if (listeners.some((other) => listenerPort(other) === listenerPort(listener))) {
    throw new DuplicateListenerError(listener.protocol, listener.protocol_port);
  }
  const creates = [asListener({ ...listener, peer_port: peerPortAfter(listeners) }), ...below];
  checkPoolsOf(read, creates);
  return { creates };
};

export type ListenerUpdates = Partial<
  Omit<Listener, 'id' | 'project_id' | 'load_balancer_id' | 'protocol' | 'protocol_port' | 'peer_port' | 'created_at'>
>;

/** @throws ListenerNotFound @throws PoolNotFound @throws ImmutableChildError */
export const updateListener = (read: Read, id: string, changes: ListenerUpdates): TreeChange => {
  const listener = objectIn(read, 'listener', id, isBeingDeleted);
  // Also a pool that it had, since it may be kept after a deletion that failed, and the pool be gone or going.
  checkPool(read, { ...listener, ...changes }.default_pool_id);
  return { updates: [{ child: asListener(listener), state: stateOf(read, id), changes }] };
};

/** @throws ListenerNotFound @throws ImmutableChildError */
export const deleteListener = (read: Read, id: string): TreeChange => ({
  deletes: [{ child: asListener(objectIn(read, 'listener', id, isBeingDeleted)), state: stateOf(read, id) }],
});
