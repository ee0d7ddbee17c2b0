import { GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { documents, tableName } from './client.ts';
import { INDEXES, type Key, type RowType } from './keys.ts';

/** The row at that key, strongly consistent; null when there is none. */
export const findRow = async (Key: Key): Promise<Readonly<Record<string, unknown>> | null> =>
  (await documents().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }))).Item ?? null;

type Row = Readonly<Record<string, unknown>>;
type WholeQuery = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;

/** Every row the query has, page after page: a page that is not asked for is not read. */
export async function* rowsOf(query: WholeQuery): AsyncGenerator<Row> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new QueryCommand({
        ...query,
        TableName: tableName(),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

/** Every row the query has, over all its pages. */
export const queryAll = async (query: WholeQuery): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for await (const row of rowsOf(query)) rows.push(row);
  return rows;
};

/** What rows must be besides; those that are not are read and left out before they are sent. */
export interface RowFilter {
  readonly condition: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** @param place a condition on the place in the list, and its value */
const listed = (
  type: RowType,
  projectId: string | null,
  filter?: RowFilter,
  place?: { readonly condition: string; readonly value: string },
): WholeQuery => ({
  IndexName: projectId === null ? INDEXES.BY_TYPE : INDEXES.BY_PROJECT,
  KeyConditionExpression: place === undefined ? '#hash = :hash' : `#hash = :hash AND ${place.condition}`,
  ...(filter !== undefined && { FilterExpression: filter.condition }),
  ExpressionAttributeNames: { '#hash': projectId === null ? 'type_key' : 'project_key', ...filter?.names },
  ExpressionAttributeValues: {
    ':hash': projectId === null ? type : `${type}#${projectId}`,
    ...(place !== undefined && { ':place': place.value }),
    ...filter?.values,
  },
});

/**
 * Every row of a type that is listed, oldest first; of one project, or of all when null.
 * @param attributes those that are wanted; all of them when left out
 */
export const queryListed = (
  type: RowType,
  projectId: string | null,
  attributes?: readonly string[],
  filter?: RowFilter,
): Promise<readonly Row[]> =>
  queryAll({
    ...listed(type, projectId, filter),
    ...(attributes === undefined ? {} : { ProjectionExpression: attributes.join(', ') }),
  });

/** How a list is walked through. */
export interface Walk {
  /** The place (`listPlace`) behind which it begins; null for its end. */
  readonly from: string | null;
  /** Newest first. */
  readonly descending: boolean;
  /** Attributes, and the texts of which a row must have one. */
  readonly having: ReadonlyMap<string, readonly string[]>;
  /** So many rows are wanted, most likely, and no more are read at once; null for all of them. */
  readonly wanted: number | null;
}

/** `IN` takes no more. */
const MOST_TEXTS = 100;

const hasOneOf = (having: Walk['having']): RowFilter | undefined => {
  const asked = [...having].filter(([, texts]) => texts.length <= MOST_TEXTS);
  if (asked.length === 0) return undefined;
  const keyed = asked.map(([attribute, texts], at) => ({
    name: [`#attribute${at}`, attribute] as const,
    values: texts.map((text, index) => [`:text${at}_${index}`, text] as const),
  }));
  return {
    condition: keyed
      .map(({ name, values }) => `${name[0]} IN (${values.map(([key]) => key).join(', ')})`)
      .join(' AND '),
    names: Object.fromEntries(keyed.map(({ name }) => name)),
    values: Object.fromEntries(keyed.flatMap(({ values }) => values)),
  };
};

/**
 * The rows of a type that are listed, in the order of their creation, read as far as they are asked for. Rows that have
 * none of more than 100 texts are answered too.
 */
export const walkListed = (
  type: RowType,
  projectId: string | null,
  { from, descending, having, wanted }: Walk,
): AsyncIterable<Row> => {
  const filter = hasOneOf(having);
  const beyond = { condition: descending ? 'sort_key < :place' : 'sort_key > :place' };
  return rowsOf({
    ...listed(type, projectId, filter, from === null ? undefined : { ...beyond, value: from }),
    ScanIndexForward: !descending,
    // Rows that a filter leaves out count as well: then as many are looked at as fit.
    ...(filter === undefined && wanted !== null && { Limit: wanted }),
  });
};
