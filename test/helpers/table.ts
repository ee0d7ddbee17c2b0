import { readFile } from 'node:fs/promises';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import { type Dynamodb, startDynamodb } from '../../local/dynamodb/dynamodb.ts';

let database: Promise<Dynamodb> | undefined;

/** What CreateTable takes of the deployed definition; the rest of it is CloudFormation's. */
const tableInput = async (): Promise<CreateTableCommandInput> => {
  const definition = parse(await readFile(new URL('../../lib/repositories/table/table.yml', import.meta.url), 'utf8'));
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } =
    definition.Resources.Table.Properties;
  return { TableName: 'deploy-worker', AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode };
};

const start = async (): Promise<Dynamodb> => {
  process.env.AWS_REGION ??= 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  const given = process.env.TEST_DYNAMODB_ENDPOINT;
  const started = given === undefined ? await startDynamodb({ folder: null }) : undefined;
  const endpoint = given ?? started?.endpoint ?? '';
  process.env.DYNAMODB_ENDPOINT = endpoint;
  const client = new DynamoDBClient({ endpoint });
  try {
    await client.send(new CreateTableCommand(await tableInput()));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
  } finally {
    client.destroy();
  }
  return (
    started ?? { endpoint, expire: async () => 0, setConflictWindow: () => {}, changes: null, stop: async () => {} }
  );
};

/**
 * The deployed table on an embedded DynamoDB (or on the one at TEST_DYNAMODB_ENDPOINT), once for all test files of a
 * worker. Tests keep apart by the ids they make.
 */
export const useTable = async (): Promise<Dynamodb> => {
  database ??= start();
  return await database;
};
