import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, expect, test } from 'vitest';
import { type Dynamodb, startDynamodb } from '../../../../local/dynamodb/dynamodb.ts';
import { delayIndexes, finishIndexes } from '../../../../local/dynamodb/late-indexes.ts';
import { openStore } from '../../../../local/dynamodb/open-store.ts';
import { quietLogger } from '../../../../local/log.ts';

const TableName = 'indexed';
const FOR_EVER_MS = 1_000_000;
const close: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of close.splice(0).reverse()) await one();
});

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });

const open = async (indexLagMs: () => number) => {
  const server: Dynamodb = await startDynamodb({ folder: null, indexLagMs });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: server.endpoint, region: 'local', credentials }),
  );
  close.push(server.stop, () => client.destroy());
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'of'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [key('pk', 'HASH')],
      GlobalSecondaryIndexes: [
        { IndexName: 'by_of', KeySchema: [key('of', 'HASH')], Projection: { ProjectionType: 'ALL' } },
      ],
    }),
  );
  const found = async (of: string) => {
    const query = { KeyConditionExpression: '#of = :of', ExpressionAttributeNames: { '#of': 'of' } };
    const ExpressionAttributeValues = { ':of': of };
    const { Items = [] } = await client.send(
      new QueryCommand({ TableName, IndexName: 'by_of', ...query, ExpressionAttributeValues }),
    );
    return Items;
  };
  const put = (Item: { pk: string; of: string; n: number }) => client.send(new PutCommand({ TableName, Item }));
  return { put, found };
};

test('an index shows an item later than the table has it', async () => {
  const { put, found } = await open(() => 150);
  await put({ pk: 'a', of: 'x', n: 1 });
  expect(await found('x')).toEqual([]);
  await expect.poll(() => found('x')).toEqual([{ pk: 'a', of: 'x', n: 1 }]);
});

test('changes of one item reach the index in their order, also where a later one is less late', async () => {
  const lags = [200, 0, 0];
  const { put, found } = await open(() => lags.shift() ?? 0);
  await put({ pk: 'a', of: 'x', n: 1 });
  await put({ pk: 'a', of: 'y', n: 2 });
  await put({ pk: 'b', of: 'y', n: 1 });
  await expect.poll(() => found('y')).toEqual([{ pk: 'b', of: 'y', n: 1 }]);
  await expect.poll(async () => (await found('y')).length).toBe(2);
  expect(await found('x')).toEqual([]);
});

test('entries that a kill has left behind are written by the next start, oldest first', async () => {
  const store = await openStore(null, quietLogger);
  close.push(() => store.db.close());
  const write = store.db.batch;
  delayIndexes(store, () => FOR_EVER_MS);
  await store.db.batch([
    { type: 'put', key: 'item-t~a', value: { n: 1 } },
    { type: 'put', key: 'index-global~t~i~00aaaaaa', value: { n: 1 } },
  ]);
  await store.db.batch([{ type: 'put', key: 'index-global~t~i~00aaaaaa', value: { n: 2 } }]);
  expect(await store.db.get('item-t~a')).toEqual({ n: 1 });
  expect(await store.db.get('index-global~t~i~00aaaaaa')).toBeUndefined();
  store.db.batch = write;
  await finishIndexes(store);
  expect(await store.db.get('index-global~t~i~00aaaaaa')).toEqual({ n: 2 });
  const left: string[] = [];
  for await (const [place] of store.db.iterator({ gte: 'late~', lt: 'late~\xff' })) left.push(place);
  expect(left).toEqual([]);
});

test('the stop brings the index up to date at once', async () => {
  const store = await openStore(null, quietLogger);
  close.push(() => store.db.close());
  const indexes = delayIndexes(store, () => FOR_EVER_MS);
  for (const n of [1, 2, 3]) await store.db.batch([{ type: 'put', key: 'index-global~t~i~00aaaaaa', value: { n } }]);
  await indexes.stop();
  expect(await store.db.get('index-global~t~i~00aaaaaa')).toEqual({ n: 3 });
});
