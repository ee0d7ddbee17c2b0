import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableConfig } from '../../config.ts';
import { eachForItself } from './retries.ts';

let shared: { readonly client: DynamoDB; readonly documents: DynamoDBDocumentClient } | undefined;

const connect = () => {
  const { endpoint } = tableConfig();
  const client = new DynamoDB({ retryStrategy: eachForItself, ...(endpoint === null ? {} : { endpoint }) });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { client, documents };
};

const connected = () => {
  shared ??= connect();
  return shared;
};

/** The document client of this container. */
export const documents = (): DynamoDBDocumentClient => connected().documents;

/** What the document client sends with; for entities, which marshal by themselves. */
export const client = (): DynamoDB => connected().client;

/** The name of the one table. */
export const tableName = (): string => tableConfig().tableName;
