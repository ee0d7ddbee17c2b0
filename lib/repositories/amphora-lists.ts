import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Amphora } from '../models/amphora.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import { amphoraRow } from './rows/amphora.ts';
import { documents, tableName } from './table/client.ts';
import { INDEXES, RowType } from './table/keys.ts';

/** All amphorae that are not deleted, oldest first. */
export const listAmphorae = async (): Promise<readonly Amphora[]> => {
  const found: Amphora[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        TableName: tableName(),
        IndexName: INDEXES.BY_TYPE,
        KeyConditionExpression: 'type_key = :type',
        ExpressionAttributeValues: { ':type': RowType.AMPHORA },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const row of page.Items ?? []) found.push(amphoraRow.parse(row));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return found.filter(({ status }) => status !== AmphoraStatus.DELETED);
};
