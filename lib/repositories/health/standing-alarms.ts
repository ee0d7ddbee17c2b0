import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { documents, tableName } from '../table/client.ts';
import { HealthRow, healthKey, INDEXES, Work } from '../table/keys.ts';
import { queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';

/*
 * Receivers raise an alarm for as long as it is true; CloudWatch notifies once. Such an alarm stands until something
 * has come of it, or it has ended. With all else that is known of the amphora's life it goes with the amphora.
 */

/** Seconds after which nothing comes of it any more: what was true a day ago may be true no more. */
const STANDS_SECONDS = 86_400;

/** The alarm stands from now on; one that does already stays as it is. */
export const keepAlarm = async (amphoraId: string): Promise<void> => {
  const now = Date.now();
  await documents().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: healthKey(amphoraId, HealthRow.STANDING),
      UpdateExpression:
        'SET amphora_id = :amphora, work_key = :work, work_at = if_not_exists(work_at, :now), expires_at = if_not_exists(expires_at, :expires)',
      ExpressionAttributeValues: {
        ':amphora': amphoraId,
        ':work': Work.STANDING_ALARM,
        ':now': new Date(now).toISOString(),
        ':expires': Math.floor(now / 1000) + STANDS_SECONDS,
      },
    }),
  );
};

export const dropAlarm = async (amphoraId: string): Promise<void> => {
  const Key = healthKey(amphoraId, HealthRow.STANDING);
  await documents().send(new DeleteCommand({ TableName: tableName(), Key }));
};

const standingRow = z.object({ amphora_id: z.string() });

/** Ids of the amphorae that alarms stand for, oldest first; the index lags a moment behind the rows. */
export const listStandingAlarms = async (): Promise<readonly string[]> => {
  const rows = await queryAll({
    IndexName: INDEXES.BY_WORK,
    KeyConditionExpression: 'work_key = :work AND work_at > :since',
    ExpressionAttributeValues: {
      ':work': Work.STANDING_ALARM,
      ':since': new Date(Date.now() - STANDS_SECONDS * 1000).toISOString(),
    },
  });
  return readable(standingRow, rows).map(({ amphora_id }) => amphora_id);
};
