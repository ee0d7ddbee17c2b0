import * as z from 'zod';
import type { ChildKind, ChildObjects } from '../../models/objects/child.ts';
import { KINDS, type ListedKind } from '../../models/objects/kinds.ts';
import { objectOfRow } from '../rows/child.ts';
import { loadBalancerKey } from '../table/keys.ts';
import { queryAll, type Walk, walkListed } from '../table/query.ts';

/** Objects of that kind of one project, or of all when null, in the order of their creation, as far as they are asked for. */
export async function* walkChildren<Kind extends ListedKind>(
  kind: Kind,
  projectId: string | null,
  walk: Walk,
): AsyncGenerator<ChildObjects[Kind]> {
  for await (const row of walkListed(KINDS[kind].row, projectId, walk)) yield objectOfRow(kind, row);
}

/** Objects of that kind below one load balancer, strongly consistent, in no order. */
export const listBelow = async <Kind extends ChildKind>(
  kind: Kind,
  loadBalancerId: string,
): Promise<readonly ChildObjects[Kind][]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :type)',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(loadBalancerId).pk, ':type': `${KINDS[kind].row}#` },
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
      ':members': poolId === null ? `${KINDS.member.row}#` : `${KINDS.member.row}#${poolId}#`,
    },
    ConsistentRead: true,
  });
  const members = rows
    .map((row) => memberReference.parse(row))
    .sort((left, right) => (left.created_at < right.created_at ? -1 : 1));
  const byPool = Map.groupBy(members, ({ pool_id }) => pool_id);
  return new Map([...byPool].map(([pool, of]) => [pool, of.map(({ id }) => id)]));
};
