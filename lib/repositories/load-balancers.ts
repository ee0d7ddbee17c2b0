import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { LBNotFound } from '../errors/not-found.ts';
import type { LoadBalancer } from '../models/load-balancer.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import { loadBalancerRow } from './rows/load-balancer.ts';
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
