import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchExecuteStatementCommand,
  CreateTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Dynamodb, startDynamodb } from '../../../../local/dynamodb/dynamodb.ts';

const TableName = 'conflicts';
/** Longer than the requests of one test take. */
const WINDOW_MS = 300;
let server: Dynamodb;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  server = await startDynamodb({ folder: null });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const options = { endpoint: server.endpoint, region: 'local', credentials, maxAttempts: 1 };
  client = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
});
beforeEach(async () => {
  server.setConflictWindow(0);
  for (const pk of ['a', 'b', 'c']) await client.send(new PutCommand({ TableName, Item: { pk, n: 0 } }));
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const add = (pk: string) => ({
  TableName,
  Key: { pk },
  UpdateExpression: 'SET n = n + :one',
  ExpressionAttributeValues: { ':one': 1 },
});
const transact = (...keys: readonly string[]) =>
  client.send(new TransactWriteCommand({ TransactItems: keys.map((pk) => ({ Update: add(pk) })) }));
const errorOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => null).catch((error) => error);
const numberAt = async (pk: string) => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { pk }, ConsistentRead: true }));
  return Item?.n;
};

/** Runs `meanwhile` while a transaction on `a` and `b` is in flight, and then lets it end. */
const whileInFlight = async <T>(meanwhile: () => Promise<T>): Promise<T> => {
  server.setConflictWindow(WINDOW_MS);
  const ongoing = transact('a', 'b');
  await pause(WINDOW_MS / 6);
  server.setConflictWindow(0);
  const result = await meanwhile();
  await ongoing;
  return result;
};

describe('an item of a transaction in flight', () => {
  it('cancels another transaction with a reason for each of its items', async () => {
    const error = await whileInFlight(() => errorOf(transact('c', 'b')));
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      message: expect.stringContaining('[None, TransactionConflict]'),
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict', Message: expect.any(String) }],
    });
    expect([await numberAt('a'), await numberAt('b'), await numberAt('c')]).toEqual([1, 1, 0]);
  });

  it('cancels a transaction that only checks it', async () => {
    const check = { TableName, Key: { pk: 'a' }, ConditionExpression: 'attribute_exists(pk)' };
    const error = await whileInFlight(() =>
      errorOf(client.send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck: check }] }))),
    );
    expect(error).toMatchObject({ CancellationReasons: [{ Code: 'TransactionConflict' }] });
  });

  it.each([
    ['PutItem', () => client.send(new PutCommand({ TableName, Item: { pk: 'a', n: 7 } }))],
    ['UpdateItem', () => client.send(new UpdateCommand(add('a')))],
    ['DeleteItem', () => client.send(new DeleteCommand({ TableName, Key: { pk: 'a' } }))],
  ])('rejects %s', async (_name, write: () => Promise<unknown>) => {
    expect(await whileInFlight(() => errorOf(write()))).toBeInstanceOf(TransactionConflictException);
    expect(await numberAt('a')).toBe(1);
  });

  it('refuses one statement of a batch, and no other', async () => {
    const statement = (pk: string) => ({
      Statement: `UPDATE "${TableName}" SET "n" = ? WHERE "pk" = ?`,
      Parameters: [{ N: '9' }, { S: pk }],
    });
    const batch = new BatchExecuteStatementCommand({ Statements: [statement('a'), statement('c')] });
    const { Responses } = await whileInFlight(() => client.send(batch));
    expect(Responses).toMatchObject([{ Error: { Code: 'TransactionConflict' } }, { TableName }]);
    expect([await numberAt('a'), await numberAt('c')]).toEqual([1, 9]);
  });

  it('is left unprocessed by a batch of writes', async () => {
    const requests = ['a', 'c'].map((pk) => ({ PutRequest: { Item: { pk, n: 5 } } }));
    const batch = new BatchWriteCommand({ RequestItems: { [TableName]: requests } });
    const { UnprocessedItems } = await whileInFlight(() => client.send(batch));
    expect(UnprocessedItems).toMatchObject({ [TableName]: [{ PutRequest: { Item: { pk: 'a' } } }] });
    expect([await numberAt('a'), await numberAt('c')]).toEqual([1, 5]);
  });

  it('cancels TransactGetItems, and is read as it was by GetItem', async () => {
    const Get = { TableName, Key: { pk: 'a' } };
    const read = new TransactGetCommand({ TransactItems: [{ Get }] });
    const [error, seen] = await whileInFlight(() => Promise.all([errorOf(client.send(read)), numberAt('a')]));
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
    expect(seen).toBe(0);
  });

  it('is free again when its transaction has been refused', async () => {
    const Update = { ...add('a'), ConditionExpression: 'n = :wrong' };
    Update.ExpressionAttributeValues = { ...Update.ExpressionAttributeValues, ...{ ':wrong': 5 } };
    await expect(client.send(new TransactWriteCommand({ TransactItems: [{ Update }] }))).rejects.toThrow();
    await client.send(new UpdateCommand(add('a')));
    expect(await numberAt('a')).toBe(1);
  });
});

describe('plain writes', () => {
  it('of one item follow each other, and none is rejected', async () => {
    await Promise.all(Array.from({ length: 30 }, () => client.send(new UpdateCommand(add('c')))));
    expect(await numberAt('c')).toBe(30);
  });
});
