import { DuplicateListenerError } from '../errors/conflict.ts';
import type { Listener } from '../models/listener.ts';
import type { TreeChange } from '../models/tree-change.ts';
import { asListener, listenerIn, poolIn, type Read, stateOf } from './relations.ts';

const FIRST_PEER_PORT = 1025;

/** UDP and SCTP have ports of their own; everything else shares TCP's. */
const transport = (protocol: Listener['protocol']): string =>
  protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';

const checkPool = (read: Read, poolId: string | null | undefined): void => {
  if (poolId !== null && poolId !== undefined) poolIn(read, poolId);
};

/** @throws DuplicateListenerError @throws PoolNotFound the default pool is not this load balancer's */
export const createListener = (read: Read, listener: Listener): TreeChange => {
  const { listeners } = read.tree;
  const taken = listeners.some(
    (other) =>
      other.protocol_port === listener.protocol_port && transport(other.protocol) === transport(listener.protocol),
  );
  if (taken) throw new DuplicateListenerError(listener.protocol, listener.protocol_port);
  checkPool(read, listener.default_pool_id);
  const peerPort = Math.max(FIRST_PEER_PORT - 1, ...listeners.map(({ peer_port }) => peer_port)) + 1;
  return { creates: [asListener({ ...listener, peer_port: peerPort })] };
};

export type ListenerUpdates = Partial<
  Omit<Listener, 'id' | 'project_id' | 'load_balancer_id' | 'protocol' | 'protocol_port' | 'peer_port' | 'created_at'>
>;

/** @throws ListenerNotFound @throws PoolNotFound @throws ImmutableChildError */
export const updateListener = (read: Read, id: string, changes: ListenerUpdates): TreeChange => {
  const child = asListener(listenerIn(read, id));
  checkPool(read, changes.default_pool_id);
  return { updates: [{ child, state: stateOf(read, id), changes }] };
};

/** @throws ListenerNotFound @throws ImmutableChildError */
export const deleteListener = (read: Read, id: string): TreeChange => ({
  deletes: [{ child: asListener(listenerIn(read, id)), state: stateOf(read, id) }],
});
