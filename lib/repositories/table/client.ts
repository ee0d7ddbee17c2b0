import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynamoose from 'dynamoose';
import { tableConfig } from '../../config.ts';

let shared: { readonly client: DynamoDB; readonly documents: DynamoDBDocumentClient } | undefined;

const connect = () => {
  const { endpoint } = tableConfig();
  const client = new DynamoDB({ maxAttempts: 5, ...(endpoint === null ? {} : { endpoint }) });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  dynamoose.aws.ddb.set(client);
  return { client, documents };
};

/** The document client of this container. */
export const documents = (): DynamoDBDocumentClient => {
  shared ??= connect();
  return shared.documents;
};

/** The name of the one table. */
export const tableName = (): string => tableConfig().tableName;
