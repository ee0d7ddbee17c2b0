import * as z from 'zod';
import type { ChildKind, ChildObjects } from '../../models/child.ts';
import { loadBalancerKey, RowType } from '../table/keys.ts';
import { queryAll, type Walk, walkListed } from '../table/query.ts';
import { objectOfRow } from './child-reads.ts';

/** Members and rules are listed below their parents, and are in no list of a project. */
export type ListedKind = Exclude<ChildKind, 'member' | 'l7_rule'>;

const ROW_TYPE: Readonly<Record<Exclude<ChildKind, 'member'>, RowType>> = Object.freeze({
  listener: RowType.LISTENER,
  pool: RowType.POOL,
  health_monitor: RowType.HEALTH_MONITOR,
  l7_policy: RowType.L7_POLICY,
  l7_rule: RowType.L7_RULE,
});

/** Objects of that kind of one project, or of all when null, in the order of their creation, as far as they are asked for. */
export async function* walkChildren<Kind extends ListedKind>(
  kind: Kind,
  projectId: string | null,
  walk: Walk,
): AsyncGenerator<ChildObjects[Kind]> {
  for await (const row of walkListed(ROW_TYPE[kind], projectId, walk)) yield objectOfRow(kind, row);
}

/** Objects of that kind below one load balancer, strongly consistent, in no order. */
export const listBelow = async <Kind extends Exclude<ChildKind, 'member'>>(
  kind: Kind,
  loadBalancerId: string,
): Promise<readonly ChildObjects[Kind][]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :type)',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(loadBalancerId).pk, ':type': `${ROW_TYPE[kind]}#` },
    ConsistentRead: true,
  });
  return rows.map((row) => objectOfRow(kind, row));
};

const memberReference = z.object({ id: z.string(), pool_id: z.string(), created_at: z.string() });

/** Ids of the members of one pool, or of all pools of the load balancer, by pool, oldest first; strongly consistent. */
export const memberIds = async (
  loadBalancerId: string,
  poolId: string | null = null,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :members)',
    ProjectionExpression: 'id, pool_id, created_at',
    ExpressionAttributeValues: {
      ':pk': loadBalancerKey(loadBalancerId).pk,
      ':members': poolId === null ? `${RowType.MEMBER}#` : `${RowType.MEMBER}#${poolId}#`,
    },
    ConsistentRead: true,
  });
  const members = rows
    .map((row) => memberReference.parse(row))
    .sort((left, right) => (left.created_at < right.created_at ? -1 : 1));
  const byPool = Map.groupBy(members, ({ pool_id }) => pool_id);
  return new Map([...byPool].map(([pool, of]) => [pool, of.map(({ id }) => id)]));
};
