import { ImmutableChildError } from '../errors/conflict.ts';
import { L7PolicyNotFoundError, ListenerNotFound, PoolNotFound } from '../errors/not-found.ts';
import type { ChangeState } from '../models/change.ts';
import type { Child } from '../models/child.ts';
import type { L7Policy } from '../models/l7.ts';
import type { Listener } from '../models/listener.ts';
import type { Pool } from '../models/pool.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import type { LoadBalancerTree } from '../models/tree.ts';

/** What a plan is made from: the tree without its members, and the latest changes. */
export interface Read {
  readonly tree: LoadBalancerTree;
  readonly changes: ReadonlyMap<string, ChangeState>;
}

const APPLIED: ChangeState = { operation_id: '', applied: null, was_applied: true, rejected: false };

export const stateOf = ({ changes }: Read, id: string): ChangeState => changes.get(id) ?? APPLIED;

const present = <T extends { readonly id: string; readonly provisioning_status: ProvisioningStatus }>(
  objects: readonly T[],
  id: string,
  resource: string,
): T | undefined => {
  const found = objects.find((object) => object.id === id);
  if (found?.provisioning_status === ProvisioningStatus.PENDING_DELETE) throw new ImmutableChildError(resource, id);
  return found;
};

/** @throws ListenerNotFound @throws ImmutableChildError it is being deleted */
export const listenerIn = ({ tree }: Read, id: string): Listener => {
  const found = present(tree.listeners, id, 'Listener');
  if (found === undefined) throw new ListenerNotFound(id);
  return found;
};

/** @throws PoolNotFound @throws ImmutableChildError it is being deleted */
export const poolIn = ({ tree }: Read, id: string): Pool => {
  const found = present(tree.pools, id, 'Pool');
  if (found === undefined) throw new PoolNotFound(id);
  return found;
};

/** @throws L7PolicyNotFoundError @throws ImmutableChildError it is being deleted */
export const policyIn = ({ tree }: Read, id: string): L7Policy => {
  const found = present(tree.l7_policies, id, 'L7Policy');
  if (found === undefined) throw new L7PolicyNotFoundError(id);
  return found;
};

/**
 * The parent itself, unless it is in ERROR: it may not be served at all, and what is added would not be either. Its own
 * update or deletion is the way out.
 * @throws ImmutableChildError
 */
export const mayTakeChildren = <T extends Listener | Pool | L7Policy>(parent: T, resource: string): T => {
  if (parent.provisioning_status !== ProvisioningStatus.ERROR) return parent;
  throw new ImmutableChildError(resource, parent.id);
};

const goesOn = ({ provisioning_status }: { readonly provisioning_status: ProvisioningStatus }): boolean =>
  provisioning_status !== ProvisioningStatus.PENDING_DELETE;

/** Listeners whose default a pool is. */
export const listenersDefaultingTo = ({ tree }: Read, poolId: string): readonly Listener[] =>
  tree.listeners.filter((listener) => goesOn(listener) && listener.default_pool_id === poolId);

/** Listeners whose traffic a pool takes: as their default, or by a policy that redirects to it. */
export const listenersUsing = ({ tree }: Read, poolId: string): readonly Listener[] => {
  const byPolicy = new Set(
    tree.l7_policies
      .filter((policy) => goesOn(policy) && policy.redirect_pool_id === poolId)
      .map(({ listener_id }) => listener_id),
  );
  return tree.listeners.filter(
    (listener) => goesOn(listener) && (listener.default_pool_id === poolId || byPolicy.has(listener.id)),
  );
};

export const asListener = (object: Listener): Child => ({ kind: 'listener', object });
export const asPool = (object: Pool): Child => ({ kind: 'pool', object });

/** The pool and its listeners, which show PENDING_UPDATE while something below the pool changes. */
export const poolAndListeners = (read: Read, pool: Pool): readonly Child[] => [
  asPool(pool),
  ...listenersUsing(read, pool.id).map(asListener),
];
