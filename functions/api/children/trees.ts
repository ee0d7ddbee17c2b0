import { LBNotFound } from '../../../lib/errors/not-found.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { readTree } from '../../../lib/repositories/objects/trees.ts';

/** What relations are found in: a tree without its members, or null when the load balancer is gone. */
export type Relations = Omit<LoadBalancerTree, 'load_balancer' | 'members' | 'amphorae'> | null;

const AT_ONCE = 16;

/** Everything below a load balancer but its members. */
export const relationsOf = async (loadBalancerId: string): Promise<Relations> => {
  try {
    return (await readTree(loadBalancerId, { withMembers: false })).tree;
  } catch (error) {
    if (error instanceof LBNotFound) return null;
    throw error;
  }
};

/** Looks something up for each of the load balancers, once each, a few at a time. */
export const forEachLoadBalancer = async <T>(
  objects: readonly { readonly load_balancer_id: string }[],
  look: (loadBalancerId: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> => {
  const ids = [...new Set(objects.map(({ load_balancer_id }) => load_balancer_id))];
  const found = new Map<string, T>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const looked = await Promise.all(some.map(async (id) => [id, await look(id)] as const));
    for (const [id, value] of looked) found.set(id, value);
  }
  return found;
};
