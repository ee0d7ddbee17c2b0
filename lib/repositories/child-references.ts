import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { documents, tableName } from './table/client.ts';
import { INDEXES, loadBalancerKey, RowType } from './table/keys.ts';

/** The ids of what hangs directly on a load balancer. */
export interface ChildReferences {
  readonly listeners: readonly string[];
  readonly pools: readonly string[];
}

const childRow = z.object({ id: z.string(), load_balancer_id: z.string() });
type ChildRow = z.infer<typeof childRow>;

const readAll = async (input: Omit<QueryCommandInput, 'TableName'>): Promise<readonly ChildRow[]> => {
  const rows: ChildRow[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        TableName: tableName(),
        ProjectionExpression: 'id, load_balancer_id',
        ...input,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const row of page.Items ?? []) rows.push(childRow.parse(row));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
};

const below = (loadBalancerId: string, type: RowType) =>
  readAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :type)',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(loadBalancerId).pk, ':type': `${type}#` },
    ConsistentRead: true,
  });

const listed = (type: RowType, projectId: string | null) =>
  readAll({
    IndexName: projectId === null ? INDEXES.BY_TYPE : INDEXES.BY_PROJECT,
    KeyConditionExpression: '#hash = :hash',
    ExpressionAttributeNames: { '#hash': projectId === null ? 'type_key' : 'project_key' },
    ExpressionAttributeValues: { ':hash': projectId === null ? type : `${type}#${projectId}` },
  });

/** The children of one load balancer, strongly consistent. */
export const childReferences = async (loadBalancerId: string): Promise<ChildReferences> => {
  const [listeners, pools] = await Promise.all([
    below(loadBalancerId, RowType.LISTENER),
    below(loadBalancerId, RowType.POOL),
  ]);
  return { listeners: listeners.map(({ id }) => id), pools: pools.map(({ id }) => id) };
};

/** The children of all load balancers of a project (of all projects when null), by load balancer, oldest first. */
export const childReferencesOfProject = async (
  projectId: string | null,
): Promise<(loadBalancerId: string) => ChildReferences> => {
  const [listeners, pools] = await Promise.all([listed(RowType.LISTENER, projectId), listed(RowType.POOL, projectId)]);
  const listenersOf = Map.groupBy(listeners, (row) => row.load_balancer_id);
  const poolsOf = Map.groupBy(pools, (row) => row.load_balancer_id);
  return (loadBalancerId) => ({
    listeners: (listenersOf.get(loadBalancerId) ?? []).map(({ id }) => id),
    pools: (poolsOf.get(loadBalancerId) ?? []).map(({ id }) => id),
  });
};
