import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidDefinition,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from 'vitest';
import type { BusEvent } from '../../../../local/stepfunctions/status-event.ts';
import { resource, startFlows } from './client.ts';

const hang = { StartAt: 'Hang', States: { Hang: { Type: 'Task', Resource: resource('hang'), End: true } } };
const pass = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const never = { hang: () => new Promise(() => {}) };

const opened: { stop(): Promise<void> }[] = [];
const open = async (...args: Parameters<typeof startFlows>) => {
  const flows = await startFlows(...args);
  opened.push(flows);
  return flows;
};

afterEach(async () => {
  for (const flows of opened.splice(0)) await flows.stop();
});

describe('starting an execution', () => {
  test('twice under one name and input while it runs answers the same one', async () => {
    const { start } = await open({ hang }, never);
    expect(await start('hang', { a: 1 }, 'op')).toBe(await start('hang', { a: 1 }, 'op'));
  });

  test('under a taken name with another input, or after its end, is refused', async () => {
    const { start, end } = await open({ hang, pass }, never);
    await start('hang', { a: 1 }, 'op');
    await expect(start('hang', { a: 2 }, 'op')).rejects.toThrow(ExecutionAlreadyExists);
    await end(await start('pass', {}, 'op'));
    await expect(start('pass', {}, 'op')).rejects.toThrow(ExecutionAlreadyExists);
  });

  test('of an unknown state machine is refused', async () => {
    const { start, describe: show, server } = await open({ pass });
    await expect(start('nothing')).rejects.toThrow(StateMachineDoesNotExist);
    await expect(show(`${server.stateMachineArnPrefix}x`)).rejects.toThrow(ExecutionDoesNotExist);
  });
});

test('stopping an execution aborts it with error and cause', async () => {
  const { client, start, describe: show } = await open({ hang }, never);
  const executionArn = await start('hang');
  await client.send(new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'on request' }));
  expect(await show(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'on request' });
});

test('executions are listed by machine and status, in pages, newest first', async () => {
  const { client, server, start, run } = await open({ hang, pass }, never);
  const running = [await start('hang'), await start('hang')];
  await run('pass');
  const stateMachineArn = `${server.stateMachineArnPrefix}hang`;
  const first = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }));
  const second = await client.send(new ListExecutionsCommand({ stateMachineArn, nextToken: first.nextToken }));
  const listed = [...(first.executions ?? []), ...(second.executions ?? [])].map((execution) => execution.executionArn);
  expect(listed).toEqual(running.reverse());
  const ended = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));
  expect(ended.executions).toEqual([]);
});

test('every change of status becomes an event', async () => {
  const { server, run } = await open({ pass });
  const events: BusEvent[] = [];
  server.onStatusChange((event) => events.push(event));
  await run('pass', { operation_id: 'o' });
  expect(events.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'SUCCEEDED']);
  expect(events[1]).toMatchObject({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: { input: '{"operation_id":"o"}', stateMachineArn: `${server.stateMachineArnPrefix}pass` },
  });
});

describe('state machines', () => {
  test('can be created, described and listed', async () => {
    const { client } = await open({ pass });
    const definition = JSON.stringify(hang);
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({ name: 'late', definition, roleArn: 'arn:aws:iam::000000000000:role/any' }),
    );
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described.definition).toBe(definition);
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['pass', 'late']);
  });

  test.each([
    ['a state that does not exist', { ...pass, StartAt: 'Nowhere' }, 'StartAt names Nowhere'],
    ['a field it does not know', { StartAt: 'P', States: { P: { Type: 'Pass', End: true, Timeout: 1 } } }, 'Timeout'],
    [
      'one name for two states',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }], End: true },
        },
      },
      'used by two states',
    ],
    [
      'States.ALL before another handler',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Task', Resource: resource('a'), Retry: [{ ErrorEquals: ['States.ALL', 'Other'] }], End: true },
        },
      },
      'must be alone and last',
    ],
    [
      'an integration that is not a function',
      { StartAt: 'A', States: { A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true } } },
      'not a Lambda function',
    ],
  ])('with %s are refused', async (_what, definition, reason) => {
    const { client } = await open({ pass });
    const created = client.send(
      new CreateStateMachineCommand({
        name: 'bad',
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::0:role/a',
      }),
    );
    await expect(created).rejects.toThrow(InvalidDefinition);
    await expect(created).rejects.toThrow(reason);
  });
});

test('after a restart ended executions are remembered, and running ones are aborted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'executions-'));
  try {
    const before = await startFlows({ hang, pass }, never, { folder });
    const ended = await before.start('pass', { n: 1 }, 'ended');
    await before.end(ended);
    const running = await before.start('hang', {}, 'running');
    await before.stop();
    const { server, describe: show, start } = await open({ hang, pass }, never, { folder });
    const events: BusEvent[] = [];
    server.onStatusChange((event) => events.push(event));
    expect(await show(ended)).toMatchObject({ status: 'SUCCEEDED', output: '{"n":1}' });
    expect(server.executions.history(ended).map(({ type }) => type)).toContain('PassStateExited');
    expect(await show(running)).toMatchObject({ status: 'ABORTED', cause: expect.stringContaining('was stopped') });
    expect(events.map(({ detail }) => detail.status)).toEqual(['ABORTED']);
    await expect(start('hang', {}, 'running')).rejects.toThrow(ExecutionAlreadyExists);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('a Step Functions whose views are late', () => {
  const LAG_MS = 500;

  test('does not know an execution at first, and shows and lists it as running after its end', async () => {
    let lag = 0;
    const { promise: gone, resolve: go } = Promise.withResolvers<void>();
    const options = { viewLagMs: () => lag };
    const { client, start, end, describe: show, server } = await open({ hang }, { hang: () => gone }, options);
    const list = async () => {
      const { executions = [] } = await client.send(
        new ListExecutionsCommand({ stateMachineArn: `${server.stateMachineArnPrefix}hang`, statusFilter: 'RUNNING' }),
      );
      return executions.map(({ name }) => name);
    };
    lag = 60_000;
    const executionArn = await start('hang', {}, 'op');
    await expect(show(executionArn)).rejects.toThrow(ExecutionDoesNotExist);
    expect(await list()).toEqual([]);
    lag = 0;
    expect(await list()).toEqual(['op']);
    await pause(LAG_MS);
    go();
    await end(executionArn);
    expect(await list()).toEqual([]);
    lag = LAG_MS;
    expect(await show(executionArn)).toMatchObject({ status: 'RUNNING' });
    expect(await list()).toEqual(['op']);
    await expect.poll(() => show(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('throttles the operation that is asked too much', async () => {
    const { client, start } = await open({ pass }, {}, { isThrottled: (operation) => operation === 'StartExecution' });
    await expect(start('pass')).rejects.toThrow(expect.objectContaining({ name: 'ThrottlingException' }));
    expect((await client.send(new ListExecutionsCommand({}))).executions).toEqual([]);
  });
});
