import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { reasons, statusesOf } from '../../faults/invariants.ts';

type Row = Readonly<Record<string, unknown>>;

export interface Table {
  /** What is at work, waits, is locked, or is in ERROR without a reason; nothing once all is settled. */
  restless(): Promise<readonly string[]>;
  /** Number of operations by status. */
  operations(): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

const partitionOf = (row: Row): string => String(row.pk).replace(/OPS#/, '#');

/** Reads the whole table of a local stack with default settings. @param port of its embedded DynamoDB */
export const openTable = (port: number): Table => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDB({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
  const documents = DynamoDBDocumentClient.from(client);
  const rows = async (): Promise<readonly Row[]> => {
    const all: Row[] = [];
    const pages = paginateScan({ client: documents }, { TableName: 'deploy-worker-dev', ConsistentRead: true });
    for await (const { Items = [] } of pages) all.push(...Items);
    return all;
  };
  return {
    restless: async () => {
      const all = await rows();
      if (all.length === 0) return ['the table is empty'];
      const waiting = all.filter(({ sk }) => String(sk).startsWith('WAITING#')).map(({ sk }) => `${sk} is queued`);
      const partitions = Map.groupBy(
        all.filter(({ pk }) => /^(?:LB|AMP)(?:OPS)?#/.test(String(pk))),
        partitionOf,
      );
      const found = [...partitions].flatMap(([partition, own]) => {
        const operations = own.filter((row) => /OPS#/.test(String(row.pk)) && row.status !== 'JOINED');
        const objects = own.filter((row) => !/OPS#/.test(String(row.pk)));
        return [...statusesOf(objects), ...reasons(objects, operations)].map((text) => `${partition}: ${text}`);
      });
      return [...waiting, ...found];
    },
    operations: async () => {
      const all = (await rows()).filter(({ pk }) => /^(?:LB|AMP)OPS#/.test(String(pk)));
      return new Map(
        [...Map.groupBy(all, ({ status }) => String(status))].map(([status, own]) => [status, own.length]),
      );
    },
    close: () => client.destroy(),
  };
};
