import type { Pool } from '../../../lib/models/objects/pool.ts';
import { memberIds } from '../../../lib/repositories/objects/child-lists.ts';
import { type Relations, relationsOf } from '../children/trees.ts';

/** What a pool shows of its surroundings. */
export interface PoolRelations {
  readonly tree: Relations;
  /** By pool. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** What the pools of a load balancer show of their surroundings; members of one pool only when it is named. */
export const poolRelations = async (loadBalancerId: string, poolId: string | null = null): Promise<PoolRelations> => {
  const [tree, members] = await Promise.all([relationsOf(loadBalancerId), memberIds(loadBalancerId, poolId)]);
  return { tree, members };
};

/** Listeners that send traffic to the pool: as their default, or by an enabled policy that has rules. */
export const listenersOf = (pool: Pool, tree: Relations): readonly string[] => {
  if (tree === null) return [];
  const withRules = new Set(tree.l7_rules.map(({ l7policy_id }) => l7policy_id));
  const redirecting = new Set(
    tree.l7_policies
      .filter(({ id, enabled, redirect_pool_id }) => enabled && redirect_pool_id === pool.id && withRules.has(id))
      .map(({ listener_id }) => listener_id),
  );
  return tree.listeners
    .filter(({ id, default_pool_id }) => default_pool_id === pool.id || redirecting.has(id))
    .map(({ id }) => id);
};
