import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ListenerStatistics } from '../models/statistics.ts';
import { documents, tableName } from './table/client.ts';
import { statisticsKey } from './table/keys.ts';

const statisticsRow: z.ZodType<ListenerStatistics> = z.object({
  loadbalancer_id: z.string(),
  listener_id: z.string(),
  amphora_id: z.string(),
  bytes_in: z.number(),
  bytes_out: z.number(),
  active_connections: z.number(),
  total_connections: z.number(),
  request_errors: z.number(),
});

/** What the amphorae of a load balancer have counted, by listener and amphora; nothing before the first heartbeat. */
export const readStatistics = async (loadBalancerId: string): Promise<readonly ListenerStatistics[]> => {
  const rows: ListenerStatistics[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        TableName: tableName(),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': statisticsKey(loadBalancerId, '', '').pk },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const row of page.Items ?? []) rows.push(statisticsRow.parse(row));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
};
