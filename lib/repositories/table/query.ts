import { GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { documents, tableName } from './client.ts';
import { INDEXES, type Key, type RowType } from './keys.ts';

/** The row at that key, strongly consistent; undefined when there is none. */
export const readRow = async (Key: Key): Promise<Readonly<Record<string, unknown>> | undefined> =>
  (await documents().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }))).Item;

/** Every row the query has, over all its pages. */
export const queryAll = async (
  query: Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const rows: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        ...query,
        TableName: tableName(),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
};

/** What rows must be besides; those that are not are read and left out before they are sent. */
export interface RowFilter {
  readonly condition: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Every row of a type that is listed, oldest first; of one project, or of all when null.
 * @param attributes those that are wanted; all of them when left out
 */
export const queryListed = (
  type: RowType,
  projectId: string | null,
  attributes?: readonly string[],
  filter?: RowFilter,
): ReturnType<typeof queryAll> =>
  queryAll({
    IndexName: projectId === null ? INDEXES.BY_TYPE : INDEXES.BY_PROJECT,
    KeyConditionExpression: '#hash = :hash',
    ...(filter !== undefined && { FilterExpression: filter.condition }),
    ExpressionAttributeNames: { '#hash': projectId === null ? 'type_key' : 'project_key', ...filter?.names },
    ExpressionAttributeValues: { ':hash': projectId === null ? type : `${type}#${projectId}`, ...filter?.values },
    ...(attributes === undefined ? {} : { ProjectionExpression: attributes.join(', ') }),
  });
