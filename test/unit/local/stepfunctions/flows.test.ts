import { afterEach, describe, expect, test } from 'vitest';
import { type Functions, named, resource, startFlows } from './client.ts';

let stop: (() => Promise<void>) | null = null;

afterEach(async () => {
  await stop?.();
  stop = null;
});

const one = async (
  states: Record<string, object>,
  functions: Functions = {},
  input: unknown = {},
  more: object = {},
) => {
  const flows = await startFlows(
    { flow: { StartAt: Object.keys(states)[0] ?? '', States: states, ...more } },
    functions,
  );
  stop = flows.stop;
  return flows.run('flow', input);
};

const task = (name: string, fields: object = {}): object => ({
  Type: 'Task',
  Resource: resource(name),
  ...('Next' in fields ? {} : { End: true }),
  ...fields,
});

describe('a task', () => {
  test('gets its Parameters and places what ResultSelector leaves at ResultPath', async () => {
    const result = await one(
      {
        Add: task('add', {
          Parameters: { 'a.$': '$.numbers[0]', b: 2, 'id.$': '$$.Execution.Name', 'state.$': '$$.State.Name' },
          ResultSelector: { 'sum.$': '$.total' },
          ResultPath: '$.result.deep',
          OutputPath: '$.result',
        }),
      },
      { add: (payload) => ({ total: 3, seen: payload }) },
      { numbers: [1], result: { kept: true } },
    );
    expect(result.output).toEqual({ kept: true, deep: { sum: 3 } });
  });

  test('that fails ends the execution with the error name and a JSON cause', async () => {
    const result = await one(
      { Break: task('break') },
      {
        break: () => {
          throw named('LBNotFound', 'Load Balancer 1 not found.');
        },
      },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'LBNotFound' });
    expect(JSON.parse(result.cause ?? '')).toMatchObject({
      errorType: 'LBNotFound',
      errorMessage: 'Load Balancer 1 not found.',
      trace: expect.any(Array),
    });
  });

  test('is retried by named error with its own count, then caught', async () => {
    let calls = 0;
    const result = await one(
      {
        Try: task('try', {
          Retry: [
            { ErrorEquals: ['Busy'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 1 },
            { ErrorEquals: ['States.ALL'], MaxAttempts: 1, MaxDelaySeconds: 1, JitterStrategy: 'FULL' },
          ],
          Catch: [{ ErrorEquals: ['Other'], ResultPath: '$.error', Next: 'Undo' }],
        }),
        Undo: { Type: 'Pass', End: true },
      },
      {
        try: () => {
          calls += 1;
          throw named(calls <= 2 ? 'Busy' : 'Other', `call ${calls}`);
        },
      },
      { kept: 1 },
    );
    expect(calls).toBe(4);
    expect(result.output).toMatchObject({ kept: 1, error: { Error: 'Other' } });
    expect(JSON.parse(result.output.error.Cause).errorMessage).toBe('call 4');
    expect(result.types.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(4);
    expect(result.types.filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  });

  test('over its TimeoutSeconds fails with States.Timeout, which States.TaskFailed does not match', async () => {
    const result = await one(
      {
        Hang: task('hang', {
          TimeoutSeconds: 1,
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' },
            { ErrorEquals: ['States.Timeout'], Next: 'Right' },
          ],
        }),
        Wrong: { Type: 'Fail', Error: 'Wrong' },
        Right: { Type: 'Succeed' },
      },
      { hang: () => new Promise(() => {}) },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.Timeout' } });
    expect(result.types).toContain('LambdaFunctionTimedOut');
  });

  test('whose path names nothing fails with States.ParameterPathFailure', async () => {
    const result = await one({ Read: task('read', { Parameters: { 'x.$': '$.nowhere' } }) });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.ParameterPathFailure' });
  });

  test('that answers more than 256 KiB fails with States.DataLimitExceeded', async () => {
    const result = await one(
      { Big: task('big', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }] }), Never: { Type: 'Succeed' } },
      { big: () => 'x'.repeat(262_144) },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('can call through the lambda:invoke integration', async () => {
    const result = await one(
      {
        Call: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: resource('echo'), 'Payload.$': '$' },
          OutputPath: '$.Payload',
          End: true,
        },
      },
      { echo: (payload) => payload },
      { a: 1 },
    );
    expect(result.output).toEqual({ a: 1 });
  });
});

describe('a Map', () => {
  const map = (fields: object, states: Record<string, object>): object => ({
    Type: 'Map',
    ItemsPath: '$.items',
    ItemProcessor: { StartAt: Object.keys(states)[0], States: states },
    ResultPath: '$.results',
    End: true,
    ...fields,
  });

  test('gives each iteration its selection, and $$.Map inside too', async () => {
    const result = await one(
      {
        Each: map(
          { ItemSelector: { 'id.$': '$$.Map.Item.Value.id', 'lb.$': '$.lb', 'index.$': '$$.Map.Item.Index' } },
          {
            Do: task('do', {
              Parameters: { 'all.$': '$', 'again.$': '$$.Map.Item.Value', 'input.$': '$$.Execution.Input.lb' },
            }),
          },
        ),
      },
      { do: (payload) => payload },
      { lb: 'l', items: [{ id: 'a' }, { id: 'b' }] },
    );
    expect(result.output.results).toEqual([
      { all: { id: 'a', lb: 'l', index: 0 }, again: { id: 'a' }, input: 'l' },
      { all: { id: 'b', lb: 'l', index: 1 }, again: { id: 'b' }, input: 'l' },
    ]);
  });

  test('keeps to MaxConcurrency', async () => {
    let active = 0;
    let most = 0;
    const result = await one(
      { Each: map({ MaxConcurrency: 2 }, { Do: task('do') }) },
      {
        do: async (payload) => {
          active += 1;
          most = Math.max(most, active);
          await new Promise((resolve) => setImmediate(resolve));
          active -= 1;
          return payload;
        },
      },
      { items: [1, 2, 3, 4, 5] },
    );
    expect(result.output.results).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  test('fails with the first failure and starts nothing more in the others', async () => {
    const calls: unknown[] = [];
    const result = await one(
      {
        Each: map(
          { Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$.error', Next: 'Undo' }] },
          { Wait: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Do' }, Do: task('do') },
        ),
        Undo: { Type: 'Pass', End: true },
      },
      {
        do: (payload) => {
          calls.push(payload);
          throw named('Broken');
        },
      },
      { items: [{ wait: 0 }, { wait: 100 }] },
    );
    expect(result.output.error.Error).toBe('Broken');
    expect(calls).toEqual([{ wait: 0 }]);
    expect(result.types).toContain('MapStateFailed');
  });

  test('is retried as a whole', async () => {
    let calls = 0;
    const result = await one(
      { Each: map({ Retry: [{ ErrorEquals: ['Broken'] }] }, { Do: task('do') }) },
      {
        do: () => {
          calls += 1;
          if (calls === 1) throw named('Broken');
          return calls;
        },
      },
      { items: [1] },
    );
    expect(result.output.results).toEqual([2]);
  });

  test('over something else than a list fails the execution, and no Catch helps', async () => {
    const result = await one(
      {
        Each: map({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }] }, { Do: task('do') }),
        Never: { Type: 'Succeed' },
      },
      {},
      { items: 'none' },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('a Parallel', () => {
  const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });

  test('gives every branch the input and answers their outputs in order', async () => {
    const result = await one(
      {
        Both: {
          Type: 'Parallel',
          Branches: [branch('A', task('a')), branch('B', { Type: 'Pass', Result: false, End: true })],
          End: true,
        },
      },
      { a: (payload) => payload },
      { x: 1 },
    );
    expect(result.output).toEqual([{ x: 1 }, false]);
  });

  test('that fails keeps the error of its branch', async () => {
    const result = await one(
      {
        Both: {
          Type: 'Parallel',
          Branches: [
            branch('A', { Type: 'Fail', Error: 'Mine', Cause: 'why' }),
            branch('B', { Type: 'Wait', Seconds: 1000, End: true }),
          ],
          Catch: [{ ErrorEquals: ['Mine'], Next: 'Done' }],
          End: true,
        },
        Done: { Type: 'Succeed' },
      },
      {},
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Mine', Cause: 'why' } });
  });
});

describe('a Choice', () => {
  const choose = (rule: object, input: unknown) =>
    one(
      {
        Which: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
        Yes: { Type: 'Pass', Result: 'yes', End: true },
        No: { Type: 'Pass', Result: 'no', End: true },
      },
      {},
      input,
    );

  test.each([
    [{ Variable: '$.a', StringEquals: 'x' }, { a: 'x' }, 'yes'],
    [{ Variable: '$.a', NumericGreaterThanEquals: 2 }, { a: 1 }, 'no'],
    [{ Variable: '$.a', BooleanEquals: false }, { a: false }, 'yes'],
    [{ Variable: '$.a', IsPresent: true }, {}, 'no'],
    [{ Variable: '$.a', IsNull: true }, { a: null }, 'yes'],
    [{ Variable: '$.a', StringMatches: 'amp-*' }, { a: 'amp-1.x' }, 'yes'],
    [{ Variable: '$.a', NumericEqualsPath: '$.b' }, { a: 1, b: 1 }, 'yes'],
    [{ Variable: '$.a', StringEquals: '1' }, { a: 1 }, 'no'],
    [
      { And: [{ Variable: '$.a', IsPresent: true }, { Not: { Variable: '$.a', StringEquals: 'x' } }] },
      { a: 'y' },
      'yes',
    ],
    [
      {
        Or: [
          { Variable: '$.a', IsNull: true },
          { Variable: '$.a', NumericLessThan: 1 },
        ],
      },
      { a: 2 },
      'no',
    ],
  ])('%j of %j is %s', async (rule, input, answer) => {
    expect((await choose(rule, input)).output).toBe(answer);
  });

  test('on a path that names nothing fails the execution', async () => {
    expect(await choose({ Variable: '$.a', StringEquals: 'x' }, {})).toMatchObject({ error: 'States.Runtime' });
  });
});

test('an execution over its TimeoutSeconds is TIMED_OUT and calls nothing more', async () => {
  let calls = 0;
  const result = await one(
    { Try: task('try', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2000, MaxAttempts: 9 }] }) },
    {
      try: () => {
        calls += 1;
        throw named('Busy');
      },
    },
    {},
    { TimeoutSeconds: 1 },
  );
  expect(result).toMatchObject({ status: 'TIMED_OUT' });
  expect(calls).toBe(1);
});

test('events carry ids in a row and lead back to the first', async () => {
  const { events, types } = await one({ A: { Type: 'Pass', Next: 'B' }, B: task('b') }, { b: () => ({}) });
  expect(types).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(events.map(({ id, previousEventId }) => (id ?? 0) - (previousEventId ?? 0))).toEqual(events.map(() => 1));
});
