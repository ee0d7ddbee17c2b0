import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ListenerStatistics } from '../../models/statistics.ts';
import { type RowUpdate, updateBatched } from '../table/batched-updates.ts';
import { documents, tableName } from '../table/client.ts';
import { statisticsKey } from '../table/keys.ts';
import { queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';

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
  return readable(statisticsRow, rows);
};

/** Makes the row; false when it is there. */
const putFirst = async (counted: ListenerStatistics, heartbeat: string): Promise<boolean> => {
  const { loadbalancer_id, listener_id, amphora_id } = counted;
  const Item = { ...counted, heartbeat, ...statisticsKey(loadbalancer_id, listener_id, amphora_id) };
  const ConditionExpression = 'attribute_not_exists(pk)';
  try {
    await documents().send(new PutCommand({ TableName: tableName(), Item, ConditionExpression }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/**
 * Writes what an amphora has counted. Writing the same again changes nothing: the row knows the heartbeat it had last.
 * @param heartbeat names the heartbeat
 * @param added true when the numbers were counted since the last one, false when they are totals
 */
export const countStatistics = async (
  counted: ListenerStatistics,
  heartbeat: string,
  added: boolean,
): Promise<void> => {
  const { loadbalancer_id, listener_id, amphora_id, active_connections, ...numbers } = counted;
  const update: RowUpdate = {
    key: statisticsKey(loadbalancer_id, listener_id, amphora_id),
    set: { active_connections, heartbeat, ...(!added && numbers) },
    ...(added && { add: numbers }),
    when: [['heartbeat', '<>', heartbeat]],
  };
  const refused = await updateBatched(update);
  if (refused?.found === null && !(await putFirst(counted, heartbeat))) await updateBatched(update);
};
