import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { refuseInDryRun } from '../../context/dry-run.ts';
import { awsClient } from '../../settings/aws-client.ts';
import { tableConfig } from '../../settings/config.ts';
import { DRY_RUN } from './keys.ts';
import { eachForItself } from './retries.ts';

let shared: { readonly client: DynamoDB; readonly documents: DynamoDBDocumentClient } | undefined;

const WRITES = /^(?:Put|Update|Delete|BatchWrite|Execute|TransactWrite)/;

/** A transaction that has the condition which never holds. */
const isDryRunOnly = (input: object): boolean =>
  'TransactItems' in input && JSON.stringify(input.TransactItems).includes(`"${DRY_RUN}#`);

const connect = () => {
  const client = new DynamoDB({ ...awsClient(tableConfig().endpoint), retryStrategy: eachForItself });
  // It copies every input and output for a log that is not kept.
  client.middlewareStack.remove('loggerMiddleware');
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (sent) => {
        if (WRITES.test(commandName) && !isDryRunOnly(sent.input)) refuseInDryRun(commandName);
        return await next(sent);
      },
    { step: 'initialize', name: 'refuseInDryRun' },
  );
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
