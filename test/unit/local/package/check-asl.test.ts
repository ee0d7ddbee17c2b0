import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../local/json.ts';
import { checkFlow, checkRules } from '../../../../local/package/check-asl.ts';
import { functionArn } from '../../../../local/package/source/function-arns.ts';
import type { Flow } from '../../../../local/package/source/service.ts';
import { definitionSchema } from '../../../../local/stepfunctions/engine/definition.ts';

const retry = (changes: JsonObject = {}): Json => [
  {
    ErrorEquals: ['CloudUnavailableError'],
    IntervalSeconds: 1,
    MaxAttempts: 3,
    BackoffRate: 2,
    MaxDelaySeconds: 8,
    JitterStrategy: 'FULL',
    ...changes,
  },
];

const task = (name: string, changes: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Comment: 'Because.',
  Resource: functionArn(name),
  TimeoutSeconds: 60,
  ResultPath: null,
  Retry: retry(),
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Failed' }],
  ...changes,
});

const flow = (states: JsonObject, changes: JsonObject = {}): Flow => {
  const source: Json = {
    Comment: 'Story. 10 min is the bound.',
    TimeoutSeconds: 600,
    StartAt: 'ComputeCreate',
    States: { ...states, Failed: { Type: 'Fail' } },
    ...changes,
  };
  return { name: 'create-amphora', source, definition: definitionSchema.parse(source) };
};

const functions = [
  { key: 'ComputeCreate', source: '', bundle: '', packaged: '', timeout: 30, hasEvents: false },
  { key: 'AmphoraWait', source: '', bundle: '', packaged: '', timeout: 30, hasEvents: false },
];
const problemsOf = (states: JsonObject, changes: JsonObject = {}) =>
  checkRules(flow(states, changes), functions).join('\n');

const last = { End: true };

describe('a flow', () => {
  test('passes when every rule is kept', () => {
    expect(checkFlow(flow({ ComputeCreate: task('ComputeCreate', last) }), functions)).toEqual([]);
  });

  test('is refused when it is not in the state language', () => {
    const both = task('ComputeCreate', { ...last, Next: 'Failed' });
    expect(checkFlow(flow({ ComputeCreate: both }), functions).join()).toContain('ComputeCreate');
  });

  test('needs a bound, and words that name it', () => {
    const states = { ComputeCreate: task('ComputeCreate', last) };
    expect(problemsOf(states, { Comment: 'Story.' })).toContain('does not name its bound, 600 s or 10 min');
    expect(problemsOf(states, { TimeoutSeconds: 601 })).toContain('601 s');
  });

  test('is refused when a state goes nowhere or is never reached', () => {
    expect(problemsOf({ ComputeCreate: task('ComputeCreate', { Next: 'Gone' }) })).toContain('Gone: is gone to');
    const lost = { AmphoraWait: task('AmphoraWait', last), ComputeCreate: task('ComputeCreate', last) };
    expect(problemsOf(lost)).toContain('AmphoraWait: cannot be reached');
  });

  test('is refused when two states wait for each other for ever', () => {
    const circle = {
      ComputeCreate: task('ComputeCreate', {
        Next: 'AmphoraWait',
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'AmphoraWait' }],
      }),
      AmphoraWait: task('AmphoraWait', {
        Next: 'ComputeCreate',
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'ComputeCreate' }],
      }),
    };
    expect(problemsOf(circle)).toContain('ComputeCreate: never comes to an end');
  });
});

describe('a task', () => {
  const problemsWith = (changes: JsonObject) =>
    problemsOf({ ComputeCreate: task('ComputeCreate', { ...last, ...changes }) });

  test('needs a retry that is bounded, jittered and capped', () => {
    expect(problemsWith({ Retry: [] })).toContain('a task needs a Retry');
    expect(problemsWith({ Retry: retry({ MaxAttempts: 1000 }) })).toContain('MaxAttempts of at most');
    expect(problemsWith({ Retry: retry({ JitterStrategy: 'NONE' }) })).toContain('JitterStrategy FULL');
    const [uncapped] = [{ ErrorEquals: ['X'], MaxAttempts: 2, JitterStrategy: 'FULL' }];
    expect(problemsWith({ Retry: [uncapped] })).toContain('MaxDelaySeconds');
  });

  test('needs a catch that ends with every error', () => {
    expect(problemsWith({ Catch: [] })).toContain('a task needs a Catch');
    expect(problemsWith({ Catch: [{ ErrorEquals: ['X'], Next: 'Failed' }] })).toContain('must end with States.ALL');
  });

  test('may leave its catch to the state around it', () => {
    const inner = { StartAt: 'AmphoraWait', States: { AmphoraWait: task('AmphoraWait', { ...last, Catch: [] }) } };
    const around = (caught: Json) => ({
      ComputeCreate: { Type: 'Parallel', Branches: [inner], ResultPath: null, End: true, Catch: caught },
    });
    expect(problemsOf(around([{ ErrorEquals: ['States.ALL'], Next: 'Failed' }]))).toBe('');
    expect(problemsOf(around([]))).toContain('AmphoraWait: a task needs a Catch');
  });

  test('needs at least the time of its function, whose name it bears', () => {
    expect(problemsWith({ TimeoutSeconds: 20 })).toContain('gives up after 20 s while its function may run for 30 s');
    expect(problemsWith({ Resource: functionArn('AmphoraWait') })).toContain(
      'is called ComputeCreate and calls AmphoraWait',
    );
  });
});
