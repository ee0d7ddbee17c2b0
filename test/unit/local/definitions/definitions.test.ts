import { describe, expect, test } from 'vitest';
import { readDefinitions, readService } from '../../../../local/definitions/definitions.ts';
import { isObject } from '../../../../local/json.ts';

const file = 'test/fixtures/local-service/serverless.yml';
const read = (environment: Record<string, string> = {}, stage?: string) =>
  readDefinitions({ file, environment, ...(stage ? { stage } : {}) });

describe('the service file', () => {
  test('yields functions with their events', () => {
    const [api, greet] = read().functions;
    expect(api).toEqual({
      key: 'Api',
      handler: 'dist/functions/echo/api.handler',
      timeout: 3,
      environment: { NAMES: 'sample/dev' },
      events: {
        routes: [
          { method: 'GET', path: '/' },
          { method: 'ANY', path: '/v2/{proxy+}' },
          { method: 'POST', path: '/v2/things/{id}' },
        ],
        schedules: [],
        patterns: [],
        streams: [],
      },
    });
    expect(greet).toMatchObject({
      timeout: 6,
      events: {
        schedules: [
          { expression: 'rate(5 minutes)', enabled: true, input: null },
          { expression: 'cron(0 12 * * ? *)', enabled: false, input: { deep: true } },
        ],
        patterns: [{ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }],
        streams: [],
      },
    });
  });

  test('yields state machines with the ARNs of the local functions', () => {
    expect(read().stateMachines).toEqual([
      {
        key: 'Greet',
        name: 'sample-dev-greet',
        definition: {
          StartAt: 'Greet',
          States: {
            Greet: {
              Type: 'Task',
              Resource: 'arn:aws:lambda:eu-west-1:000000000000:function:Greet',
              Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 5 }],
              End: true,
            },
          },
        },
      },
    ]);
  });

  test('yields table and environment', () => {
    const { table, environment } = read();
    expect(table.TableName).toBe('sample-dev');
    expect(environment).toEqual({
      TABLE_NAME: 'sample-dev',
      NOTHING: '',
      NUMBER: '7',
      STATE_MACHINE_ARN_PREFIX: 'arn:aws:states:eu-west-1:000000000000:stateMachine:sample-dev-',
    });
  });

  test('follows stage and environment, also inside other variables', () => {
    const definitions = read({ SAMPLE_LIMITS: 'large', SAMPLE_NAMES: 'x', SAMPLE_REGION: 'r-1' }, 'prod');
    expect(definitions).toMatchObject({ stage: 'prod', region: 'r-1', table: { TableName: 'sample-prod' } });
    expect(definitions.functions[0]).toMatchObject({ timeout: 30, environment: { NAMES: 'x' } });
  });

  test('keeps the type of what a variable names', () => {
    const { service } = readService({ file, environment: {} });
    expect(isObject(service) ? service.custom : null).toMatchObject({ limits: { timeout: 3, words: ['one', 'two'] } });
  });

  test('with a variable without a value is refused by its name', () => {
    expect(() => read({ SAMPLE_LIMITS: 'none' })).toThrow(/env:SAMPLE_LIMITS, 'small'.* has no value/);
  });

  test('that is not there is refused', () => {
    expect(() => readDefinitions({ file: 'nowhere/serverless.yml', environment: {} })).toThrow('is not there');
  });
});
