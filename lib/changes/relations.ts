import { ImmutableChildError } from '../errors/conflict.ts';
import { missingChild } from '../errors/not-found.ts';
import { type ChangeState, isLeaving } from '../models/objects/change.ts';
import type { Child, ChildKind, ChildObjects } from '../models/objects/child.ts';
import { KINDS } from '../models/objects/kinds.ts';
import type { L7Policy } from '../models/objects/l7.ts';
import type { Listener } from '../models/objects/listener.ts';
import type { Pool } from '../models/objects/pool.ts';
import type { LoadBalancerTree } from '../models/objects/tree.ts';
import { ProvisioningStatus } from '../models/statuses.ts';

/** What a plan is made from: the tree without its members, and the latest changes. */
export interface Read {
  readonly tree: LoadBalancerTree;
  readonly changes: ReadonlyMap<string, ChangeState>;
}

const APPLIED: ChangeState = {
  operation_id: '',
  applied: null,
  was_applied: true,
  rejected: false,
  deletion_failed: false,
};

export const stateOf = ({ changes }: Read, id: string): ChangeState => changes.get(id) ?? APPLIED;

/**
 * Which deletion refuses a change. Of an object that the change refers to, or whose children it changes, any that is
 * wanted (`isLeaving`); of an object that it updates or deletes itself, only one under way (`isBeingDeleted`).
 */
type Refused = typeof isLeaving;

/**
 * The object of that kind and id in the tree.
 * @throws the kind's own "not found"
 * @throws ImmutableChildError its deletion is wanted, or under way
 */
export const objectIn = <Kind extends ChildKind>(
  read: Read,
  kind: Kind,
  id: string,
  isRefused: Refused = isLeaving,
): ChildObjects[Kind] => {
  const { objectsIn, title } = KINDS[kind];
  const found = objectsIn(read.tree).find((object) => object.id === id);
  if (found === undefined) throw missingChild(kind, id);
  if (isRefused(found, stateOf(read, id))) throw new ImmutableChildError(title, id);
  return found;
};

/**
 * An object that something is added below, unless it is in ERROR: it may not be served at all, and what is added would not
 * be either. Its own update or deletion is the way out.
 * @throws the kind's own "not found"
 * @throws ImmutableChildError
 */
export const parentIn = <Kind extends 'listener' | 'pool' | 'l7_policy'>(
  read: Read,
  kind: Kind,
  id: string,
): ChildObjects[Kind] => {
  const parent = objectIn(read, kind, id);
  if (parent.provisioning_status === ProvisioningStatus.ERROR) throw new ImmutableChildError(KINDS[kind].title, id);
  return parent;
};

/** Those of the objects whose deletion is not wanted. */
export const staying = <T extends { readonly id: string; readonly provisioning_status: ProvisioningStatus }>(
  read: Read,
  objects: readonly T[],
): readonly T[] => objects.filter((object) => !isLeaving(object, stateOf(read, object.id)));

/** Listeners whose default a pool is. */
export const listenersDefaultingTo = (read: Read, poolId: string): readonly Listener[] =>
  staying(read, read.tree.listeners).filter(({ default_pool_id }) => default_pool_id === poolId);

/** Policies that redirect to a pool. */
export const policiesRedirectingTo = (read: Read, poolId: string): readonly L7Policy[] =>
  staying(read, read.tree.l7_policies).filter(({ redirect_pool_id }) => redirect_pool_id === poolId);

/** Listeners whose traffic a pool takes: as their default, or by a policy that redirects to it. */
export const listenersUsing = (read: Read, poolId: string): readonly Listener[] => {
  const byPolicy = new Set(policiesRedirectingTo(read, poolId).map(({ listener_id }) => listener_id));
  return staying(read, read.tree.listeners).filter(
    ({ id, default_pool_id }) => default_pool_id === poolId || byPolicy.has(id),
  );
};

export const asListener = (object: Listener): Child => ({ kind: 'listener', object });
export const asPool = (object: Pool): Child => ({ kind: 'pool', object });

/** The pool and its listeners, which show PENDING_UPDATE while something below the pool changes. */
export const poolAndListeners = (read: Read, pool: Pool): readonly Child[] => [
  asPool(pool),
  ...listenersUsing(read, pool.id).map(asListener),
];
