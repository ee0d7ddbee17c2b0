import { type ChangeState, isLeaving } from './change.ts';
import type { Child, ChildKind } from './child.ts';
import { CHILD_KINDS, childrenOfKind, KINDS } from './kinds.ts';
import type { LoadBalancerTree } from './tree.ts';

/** Everything below a load balancer, leaves first, so that removing in this order leaves no child without its parent. */
export const childrenOf = (tree: LoadBalancerTree): readonly Child[] =>
  CHILD_KINDS.toReversed().flatMap((kind) => childrenOfKind(tree, kind));

/** Ids of everything that is deleted when what is to be deleted is: with a pool its members, and so on. */
export const doomedIds = (tree: LoadBalancerTree, changes: ReadonlyMap<string, ChangeState>): ReadonlySet<string> => {
  const doomed = new Set<string>();
  const doom = <Kind extends ChildKind>(kind: Kind): void => {
    const { objectsIn, parentOf } = KINDS[kind];
    for (const object of objectsIn(tree)) {
      if (isLeaving(object, changes.get(object.id)) || doomed.has(parentOf(object))) doomed.add(object.id);
    }
  };
  for (const kind of CHILD_KINDS) doom(kind);
  return doomed;
};
