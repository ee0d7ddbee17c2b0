import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Dynamodb, startDynamodb } from '../../../../local/dynamodb/dynamodb.ts';

const TableName = 'lbs';
let server: Dynamodb;
let client: DynamoDBDocumentClient;

const connect = (endpoint: string): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  );

const createTable = () =>
  client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'project_id', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-project',
          KeySchema: [{ AttributeName: 'project_id', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );

const put = (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName, Item }));
const get = async (sk: string) => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { pk: 'a', sk }, ConsistentRead: true }));
  return Item;
};
const transact = (TransactItems: NonNullable<TransactWriteCommandInput['TransactItems']>, token?: string) =>
  client.send(new TransactWriteCommand({ TransactItems, ...(token ? { ClientRequestToken: token } : {}) }));
const byProject = async (project: string) => {
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-project',
      KeyConditionExpression: 'project_id = :p',
      ExpressionAttributeValues: { ':p': project },
    }),
  );
  return (Items ?? []).map((item) => item.sk);
};

beforeEach(async () => {
  server = await startDynamodb({ folder: null });
  client = connect(server.endpoint);
  await createTable();
});

afterEach(async () => {
  client.destroy();
  await server.stop();
});

describe('single writes', () => {
  test('a refused write answers the old item when asked', async () => {
    await put({ pk: 'a', sk: '1', fence: 4 });
    const refused = client.send(
      new UpdateCommand({
        TableName,
        Key: { pk: 'a', sk: '1' },
        UpdateExpression: 'SET fence = :n',
        ConditionExpression: 'fence = :f',
        ExpressionAttributeValues: { ':f': 3, ':n': 5 },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toHaveProperty('Item', { pk: { S: 'a' }, sk: { S: '1' }, fence: { N: '4' } });
  });

  test('a refused write carries no item unless asked', async () => {
    const refused = client.send(
      new PutCommand({ TableName, Item: { pk: 'a', sk: '1' }, ConditionExpression: 'attribute_exists(pk)' }),
    );
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toHaveProperty('Item', undefined);
  });

  test('counts every one of many increments at once', async () => {
    const increment = () =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: { pk: 'a', sk: '1' },
          UpdateExpression: 'ADD hits :one',
          ExpressionAttributeValues: { ':one': 1 },
        }),
      );
    await Promise.all(Array.from({ length: 50 }, increment));
    expect(await get('1')).toMatchObject({ hits: 50 });
  });

  test('keeps the index in step with the item', async () => {
    await put({ pk: 'a', sk: '1', project_id: 'p' });
    await put({ pk: 'a', sk: '1', project_id: 'q' });
    expect(await byProject('p')).toEqual([]);
    expect(await byProject('q')).toEqual(['1']);
  });

  test('writes and scans a batch', async () => {
    const requests = ['1', '2', '3'].map((sk) => ({ PutRequest: { Item: { pk: 'a', sk } } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    const { Count } = await client.send(new ScanCommand({ TableName }));
    expect(Count).toBe(3);
  });
});

describe('transactions', () => {
  test('write, change, delete and check items together, indexes included', async () => {
    await put({ pk: 'a', sk: '1', fence: 1, project_id: 'p' });
    await put({ pk: 'a', sk: '2', project_id: 'p' });
    await put({ pk: 'a', sk: '3', live: true });
    await transact([
      {
        Put: {
          TableName,
          Item: { pk: 'a', sk: '4', project_id: 'p' },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      {
        Update: {
          TableName,
          Key: { pk: 'a', sk: '1' },
          UpdateExpression: 'SET fence = fence + :one, project_id = :q',
          ConditionExpression: 'fence = :one',
          ExpressionAttributeValues: { ':one': 1, ':q': 'q' },
        },
      },
      { Delete: { TableName, Key: { pk: 'a', sk: '2' } } },
      {
        ConditionCheck: {
          TableName,
          Key: { pk: 'a', sk: '3' },
          ConditionExpression: 'live = :t',
          ExpressionAttributeValues: { ':t': true },
        },
      },
    ]);
    expect(await get('1')).toMatchObject({ fence: 2 });
    expect(await get('2')).toBeUndefined();
    expect(await byProject('p')).toEqual(['4']);
    expect(await byProject('q')).toEqual(['1']);
  });

  test('change nothing when one condition fails, and say which', async () => {
    await put({ pk: 'a', sk: '1', fence: 7 });
    const refused = transact([
      { Put: { TableName, Item: { pk: 'a', sk: '2' } } },
      {
        ConditionCheck: {
          TableName,
          Key: { pk: 'a', sk: '1' },
          ConditionExpression: 'fence = :f',
          ExpressionAttributeValues: { ':f': 6 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]);
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      message: expect.stringContaining('[None, ConditionalCheckFailed]'),
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { fence: { N: '7' } } },
      ],
    });
    expect(await get('2')).toBeUndefined();
  });

  test('refuse the same item twice, and more than a hundred items', async () => {
    const Item = { pk: 'a', sk: '1' };
    await expect(transact([{ Put: { TableName, Item } }, { Delete: { TableName, Key: Item } }])).rejects.toThrow(
      'multiple operations on one item',
    );
    const many = Array.from({ length: 101 }, (_, index) => ({ Put: { TableName, Item: { pk: 'a', sk: `${index}` } } }));
    await expect(transact(many)).rejects.toThrow('less than or equal to 100');
  });

  test('happen once per token', async () => {
    const add = (by: number) => [
      {
        Update: {
          TableName,
          Key: { pk: 'a', sk: '1' },
          UpdateExpression: 'ADD hits :n',
          ExpressionAttributeValues: { ':n': by },
        },
      },
    ];
    await transact(add(1), 'token');
    await transact(add(1), 'token');
    expect(await get('1')).toMatchObject({ hits: 1 });
    await expect(transact(add(2), 'token')).rejects.toThrow(IdempotentParameterMismatchException);
  });

  test('that contend for one item let exactly one win', async () => {
    await put({ pk: 'a', sk: '1', vacant: true });
    const take = (owner: number) =>
      transact([
        {
          Update: {
            TableName,
            Key: { pk: 'a', sk: '1' },
            UpdateExpression: 'SET vacant = :no, holder = :owner',
            ConditionExpression: 'vacant = :yes',
            ExpressionAttributeValues: { ':no': false, ':yes': true, ':owner': owner },
          },
        },
        { Put: { TableName, Item: { pk: 'a', sk: `won-${owner}` } } },
      ]);
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, owner) => take(owner)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :a AND begins_with(sk, :won)',
        ExpressionAttributeValues: { ':a': 'a', ':won': 'won-' },
      }),
    );
    expect(Items).toHaveLength(1);
  });

  test('read several items at once', async () => {
    await put({ pk: 'a', sk: '1', n: 1 });
    const { Responses } = await client.send(
      new TransactGetCommand({
        TransactItems: ['1', '2'].map((sk) => ({ Get: { TableName, Key: { pk: 'a', sk } } })),
      }),
    );
    expect(Responses).toEqual([{ Item: { pk: 'a', sk: '1', n: 1 } }, {}]);
  });
});

describe('tables', () => {
  test('expire items by their time to live', async () => {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
      }),
    );
    await put({ pk: 'a', sk: 'old', ttl: 1 });
    await put({ pk: 'a', sk: 'new', ttl: Math.floor(Date.now() / 1000) + 3600 });
    await put({ pk: 'a', sk: 'ever' });
    expect(await server.expire()).toBe(1);
    expect(await get('old')).toBeUndefined();
    expect(await get('new')).toBeDefined();
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
  });

  test('accept point-in-time recovery', async () => {
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
  });

  test('keep their items over a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
    try {
      const first = await startDynamodb({ folder });
      client = connect(first.endpoint);
      await createTable();
      await put({ pk: 'a', sk: '1' });
      await first.stop();
      const second = await startDynamodb({ folder });
      client = connect(second.endpoint);
      expect(await get('1')).toEqual({ pk: 'a', sk: '1' });
      await second.stop();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
