import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, expect, test } from 'vitest';
import { startDynamodb } from '../../../local/dynamodb/dynamodb.ts';
import { parseJson } from '../../../local/json.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack.ts';
import { startStepfunctions } from '../../../local/stepfunctions/stepfunctions.ts';

const folder = 'test/fixtures/local-service';
const opened: Stack[] = [];
const folders: string[] = [];

const open = async (options: Partial<StackOptions> = {}): Promise<Stack> => {
  const stack = await startStack({
    folder,
    dataFolder: null,
    quiet: true,
    standInCloud: false,
    schedules: false,
    secondMs: 1,
    ...options,
  });
  opened.push(stack);
  return stack;
};
const newFolder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'stack-'));
  folders.push(path);
  return path;
};
const greet = async (stack: Stack, name: string): Promise<string> => {
  const client = new SFNClient({ endpoint: stack.endpoints.stepFunctions });
  const { executionArn = '' } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: `${stack.stateMachineArnPrefix}greet`,
      name,
      input: JSON.stringify({ name }),
    }),
  );
  client.destroy();
  return executionArn;
};

afterEach(async () => {
  for (const stack of opened.splice(0)) await stack.stop();
  for (const path of folders.splice(0)) await rm(path, { recursive: true });
});

test('routes, functions, environment and table come from the service file', async () => {
  const { apiUrl, endpoints, table } = await open();
  const response = await fetch(`${apiUrl}/v2/things/7?x=1`, { method: 'POST', body: '{}' });
  expect(await response.json()).toMatchObject({
    event: { routeKey: 'POST /v2/things/{id}', pathParameters: { id: '7' } },
    table: 'sample-dev',
    flows: 'arn:aws:states:eu-west-1:000000000000:stateMachine:sample-dev-',
  });
  const client = new DynamoDBClient({ endpoint: endpoints.dynamodb });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  client.destroy();
  expect(Table?.GlobalSecondaryIndexes?.[0]?.IndexName).toBe('by_other');
});

test('a flow runs its functions, and its end reaches its listener', async () => {
  const stack = await open();
  const arn = await greet(stack, 'Ada');
  const ended = await stack.stepFunctions?.executions.ended(arn);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"greeting":"Hello Ada"}' });
  await expect
    .poll(() => stack.invoke('Greet', { list: true }))
    .toContainEqual(
      expect.objectContaining({ detail: expect.objectContaining({ executionArn: arn, status: 'SUCCEEDED' }) }),
    );
});

test('executions, certificates and keys are kept over a restart; keys are for the owner only', async () => {
  const dataFolder = await newFolder();
  const first = await open({ dataFolder });
  const arn = await greet(first, 'Ada');
  await first.stepFunctions?.executions.ended(arn);
  const key = process.env.SERVER_CA_PRIVATE_KEY ?? '';
  const before = [await stat(key), process.env.HEARTBEAT_KEY] as const;
  await first.stop();
  const second = await open({ dataFolder });
  expect(second.stepFunctions?.executions.get(arn).status).toBe('SUCCEEDED');
  const after = await stat(key);
  expect(after.mtimeMs).toBe(before[0].mtimeMs);
  expect(after.mode & 0o777).toBe(0o600);
  expect(process.env.HEARTBEAT_KEY === before[1]).toBe(true);
});

/** Files below a folder that other users of the machine can read, through folders that they can enter. */
const readableByOthers = async (path: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    const { mode } = await stat(inside);
    if (entry.isDirectory() && (mode & 0o011) !== 0) found.push(...(await readableByOthers(inside)));
    if (entry.isFile() && (mode & 0o044) !== 0) found.push(inside);
  }
  return found;
};

test('rows, executions, events and keys are for the owner only, also in a data folder that is open to others', async () => {
  const dataFolder = await newFolder();
  await chmod(dataFolder, 0o755);
  const stack = await open({ dataFolder });
  await stack.stepFunctions?.executions.ended(await greet(stack, 'Ada'));
  expect(await readdir(dataFolder)).toEqual(
    expect.arrayContaining(['dynamodb', 'events.jsonl', 'executions.jsonl', 'heartbeat-key', 'pki']),
  );
  expect(await readableByOthers(dataFolder)).toEqual([]);
});

test('another DynamoDB and another Step Functions can be used instead of the embedded ones', async () => {
  const database = await startDynamodb({ folder: null });
  let functions = '';
  const flows = await startStepfunctions({
    invoke: async ({ functionName, payload }) => {
      const url = `${functions}/2015-03-31/functions/${functionName}/invocations`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(payload) });
      return parseJson(await response.text());
    },
  });
  try {
    const stack = await open({ dynamodbEndpoint: database.endpoint, stepFunctionsEndpoint: flows.endpoint });
    functions = stack.endpoints.lambda;
    expect(stack).toMatchObject({ dynamodb: null, stepFunctions: null, table: { endpoint: database.endpoint } });
    const ended = await flows.executions.ended(await greet(stack, 'Ada'));
    expect(ended.output).toBe('{"greeting":"Hello Ada"}');
  } finally {
    await flows.stop();
    await database.stop();
  }
});

test("a function can be invoked over HTTP at Lambda's endpoint", async () => {
  const { endpoints } = await open();
  const url = `${endpoints.lambda}/2015-03-31/functions/Greet/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ name: 'Ada' }) });
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Ada')]);
});

test('the environment is as before once the stack has stopped', async () => {
  const before = { ...process.env };
  const stack = await open();
  expect(process.env.TABLE_NAME).toBe('sample-dev');
  await stack.stop();
  expect(process.env).toEqual(before);
});

test('a second stack on the same data folder is refused, a stale lock is not', async () => {
  const dataFolder = await newFolder();
  const first = await open({ dataFolder });
  await expect(open({ dataFolder })).rejects.toThrow('is used by another stack');
  await first.stop();
  await expect(open({ dataFolder })).resolves.toBeDefined();
});

test('a port that is in use is named, and nothing is left behind', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const dataFolder = await newFolder();
  await expect(open({ dataFolder, ports: { api: port } })).rejects.toThrow(`Port ${port} for the API is in use.`);
  server.close();
  await expect(open({ dataFolder })).resolves.toBeDefined();
});
