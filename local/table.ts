import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from './definitions/service.ts';

const toInput = (table: TableDefinition): CreateTableCommandInput => ({
  TableName: table.TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: table.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
    AttributeName,
    AttributeType,
  })),
  KeySchema: table.KeySchema.map(({ AttributeName, KeyType }) => ({ AttributeName, KeyType })),
  ...(table.GlobalSecondaryIndexes
    ? {
        GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => ({
          IndexName: index.IndexName,
          KeySchema: index.KeySchema.map(({ AttributeName, KeyType }) => ({ AttributeName, KeyType })),
          Projection: {
            ProjectionType: index.Projection.ProjectionType,
            ...(index.Projection.NonKeyAttributes ? { NonKeyAttributes: [...index.Projection.NonKeyAttributes] } : {}),
          },
        })),
      }
    : {}),
});

const exists = async (client: DynamoDBClient, TableName: string): Promise<boolean> => {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
};

/** Creates the deployed table at a DynamoDB endpoint unless it is there, and answers once it can be used. */
export const ensureTable = async (endpoint: string, region: string, table: TableDefinition): Promise<void> => {
  const client = new DynamoDBClient({ endpoint, region });
  try {
    if (await exists(client, table.TableName)) return;
    await client.send(new CreateTableCommand(toInput(table))).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error;
    });
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName: table.TableName });
    const ttl = table.TimeToLiveSpecification;
    if (ttl?.Enabled) {
      const { AttributeName, Enabled } = ttl;
      const TimeToLiveSpecification = { AttributeName, Enabled };
      await client.send(new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification }));
    }
  } finally {
    client.destroy();
  }
};
