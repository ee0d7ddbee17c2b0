import * as z from 'zod';
import { KINDS } from '../../models/objects/kinds.ts';
import { loadBalancerKey, type RowType } from '../table/keys.ts';
import { queryAll, queryListed } from '../table/query.ts';
import { readable } from '../table/readable.ts';

/** The ids of what hangs directly on a load balancer. */
export interface ChildReferences {
  readonly listeners: readonly string[];
  readonly pools: readonly string[];
}

const childRow = z.object({ id: z.string(), load_balancer_id: z.string() });
type ChildRow = z.infer<typeof childRow>;

const ATTRIBUTES = ['id', 'load_balancer_id'];

const below = async (loadBalancerId: string, type: RowType): Promise<readonly ChildRow[]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :type)',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(loadBalancerId).pk, ':type': `${type}#` },
    ConsistentRead: true,
    ProjectionExpression: ATTRIBUTES.join(', '),
  });
  return readable(childRow, rows);
};

const listed = async (type: RowType, projectId: string): Promise<readonly ChildRow[]> =>
  readable(childRow, await queryListed(type, projectId, ATTRIBUTES));

/** The children of one load balancer, strongly consistent. */
export const childReferences = async (loadBalancerId: string): Promise<ChildReferences> => {
  const [listeners, pools] = await Promise.all([
    below(loadBalancerId, KINDS.listener.row),
    below(loadBalancerId, KINDS.pool.row),
  ]);
  return { listeners: listeners.map(({ id }) => id), pools: pools.map(({ id }) => id) };
};

/** The children of all load balancers of a project, by load balancer, oldest first. */
export const childReferencesOfProject = async (
  projectId: string,
): Promise<(loadBalancerId: string) => ChildReferences> => {
  const [listeners, pools] = await Promise.all([
    listed(KINDS.listener.row, projectId),
    listed(KINDS.pool.row, projectId),
  ]);
  const listenersOf = Map.groupBy(listeners, (row) => row.load_balancer_id);
  const poolsOf = Map.groupBy(pools, (row) => row.load_balancer_id);
  return (loadBalancerId) => ({
    listeners: (listenersOf.get(loadBalancerId) ?? []).map(({ id }) => id),
    pools: (poolsOf.get(loadBalancerId) ?? []).map(({ id }) => id),
  });
};
