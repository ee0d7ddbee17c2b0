import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { LBNotFound } from '../errors/not-found.ts';
import type { LoadBalancer } from '../models/load-balancer.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import type { LoadBalancerTree } from '../models/tree.ts';
import { amphoraRow } from './rows/amphora.ts';
import { l7PolicyRow, l7RuleRow } from './rows/l7.ts';
import { listenerRow } from './rows/listener.ts';
import { loadBalancerRow } from './rows/load-balancer.ts';
import { healthMonitorRow, memberRow, poolRow } from './rows/pool.ts';
import { documents, tableName } from './table/client.ts';
import { INDEXES, loadBalancerKey, RowType } from './table/keys.ts';

/** The load balancer as committed last, or null. Deleted ones are answered too: they are kept for a while. */
export const findLoadBalancer = async (id: string): Promise<LoadBalancer | null> => {
  const { Item } = await documents().send(
    new GetCommand({ TableName: tableName(), Key: loadBalancerKey(id), ConsistentRead: true }),
  );
  return Item === undefined ? null : loadBalancerRow.parse(Item);
};

/** @throws LBNotFound */
export const getLoadBalancer = async (id: string): Promise<LoadBalancer> => {
  const found = await findLoadBalancer(id);
  if (found === null) throw new LBNotFound(id);
  return found;
};

const typeOfSortKey = (sk: unknown): string => String(sk).split('#', 1)[0] ?? '';

/** The whole partition of one load balancer, strongly consistent. @throws LBNotFound */
export const getTree = async (id: string): Promise<LoadBalancerTree> => {
  const rows = new Map<string, unknown[]>();
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        TableName: tableName(),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': loadBalancerKey(id).pk },
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const row of page.Items ?? []) {
      const type = typeOfSortKey(row.sk);
      const sameType = rows.get(type);
      if (sameType === undefined) rows.set(type, [row]);
      else sameType.push(row);
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  const of = (type: string): readonly unknown[] => rows.get(type) ?? [];
  const [loadBalancer] = of(RowType.LOAD_BALANCER);
  if (loadBalancer === undefined) throw new LBNotFound(id);
  return {
    load_balancer: loadBalancerRow.parse(loadBalancer),
    listeners: of(RowType.LISTENER).map((row) => listenerRow.parse(row)),
    pools: of(RowType.POOL).map((row) => poolRow.parse(row)),
    members: of(RowType.MEMBER).map((row) => memberRow.parse(row)),
    health_monitors: of(RowType.HEALTH_MONITOR).map((row) => healthMonitorRow.parse(row)),
    l7_policies: of(RowType.L7_POLICY).map((row) => l7PolicyRow.parse(row)),
    l7_rules: of(RowType.L7_RULE).map((row) => l7RuleRow.parse(row)),
    amphorae: of(RowType.AMPHORA).map((row) => amphoraRow.parse(row)),
  };
};

/** Load balancers that are not deleted, oldest first; of one project, or of all when null. */
export const listLoadBalancers = async (projectId: string | null): Promise<readonly LoadBalancer[]> => {
  const found: LoadBalancer[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        TableName: tableName(),
        IndexName: projectId === null ? INDEXES.BY_TYPE : INDEXES.BY_PROJECT,
        KeyConditionExpression: '#hash = :hash',
        ExpressionAttributeNames: { '#hash': projectId === null ? 'type_key' : 'project_key' },
        ExpressionAttributeValues: {
          ':hash': projectId === null ? RowType.LOAD_BALANCER : `${RowType.LOAD_BALANCER}#${projectId}`,
        },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const row of page.Items ?? []) found.push(loadBalancerRow.parse(row));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return found.filter((loadBalancer) => loadBalancer.provisioning_status !== ProvisioningStatus.DELETED);
};
