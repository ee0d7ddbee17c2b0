import type { Read } from '../../../../lib/changes/relations.ts';
import type { ChangeState } from '../../../../lib/models/objects/change.ts';
import type { LoadBalancerTree } from '../../../../lib/models/objects/tree.ts';
import type { TreeChange } from '../../../../lib/models/objects/tree-change.ts';
import { aTree } from '../../../fixtures/render/tree.ts';

/** A read of that tree, with the latest changes that are given. */
export const aRead = (tree: Partial<LoadBalancerTree>, changes: Readonly<Record<string, ChangeState>> = {}): Read => ({
  tree: aTree(tree),
  changes: new Map(Object.entries(changes)),
});

/** What a plan does, in short: ids of what is created and deleted, changes by id, kinds and ids of parents. */
export const outline = ({ creates = [], updates = [], deletes = [], parents = [] }: TreeChange) => ({
  creates: creates.map(({ object }) => object.id),
  updates: Object.fromEntries(updates.map(({ child, changes }) => [child.object.id, changes])),
  deletes: deletes.map(({ child }) => child.object.id),
  parents: parents.map(({ object }) => object.id),
});
