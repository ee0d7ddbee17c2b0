import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ListenerStatistics } from '../models/statistics.ts';
import { documents, tableName } from './table/client.ts';
import { statisticsKey } from './table/keys.ts';
import { queryAll } from './table/query.ts';

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
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': statisticsKey(loadBalancerId, '', '').pk },
  });
  return rows.map((row) => statisticsRow.parse(row));
};

/**
 * Writes what an amphora has counted. Writing the same again changes nothing: the row knows the heartbeat it had last.
 * @param beat names the heartbeat
 * @param added true when the numbers were counted since the last one, false when they are totals
 */
export const countStatistics = async (counted: ListenerStatistics, beat: string, added: boolean): Promise<void> => {
  const { loadbalancer_id, listener_id, amphora_id, active_connections, ...numbers } = counted;
  const set =
    'loadbalancer_id = :lb, listener_id = :listener, amphora_id = :amphora, active_connections = :now, beat = :beat';
  const names = Object.keys(numbers);
  const expression = added
    ? `SET ${set} ADD ${names.map((name) => `${name} :${name}`).join(', ')}`
    : `SET ${set}, ${names.map((name) => `${name} = :${name}`).join(', ')}`;
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: statisticsKey(loadbalancer_id, listener_id, amphora_id),
        UpdateExpression: expression,
        ConditionExpression: 'attribute_not_exists(beat) OR beat <> :beat',
        ExpressionAttributeValues: {
          ':lb': loadbalancer_id,
          ':listener': listener_id,
          ':amphora': amphora_id,
          ':now': active_connections,
          ':beat': beat,
          ...Object.fromEntries(Object.entries(numbers).map(([name, number]) => [`:${name}`, number])),
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};
