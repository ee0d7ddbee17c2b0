import { expect, test } from 'vitest';
import { readStartOptions } from '../../../local/start-options.ts';

test('without arguments the stack keeps its data in .local and has its own cloud', () => {
  expect(readStartOptions([], {})).toMatchObject({
    dataFolder: '.local',
    standInCloud: true,
    ports: { api: 9876, cloud: 9880 },
  });
});

test('a cloud and services of the environment are used instead of the own ones', () => {
  const environment = { OS_CLOUD: 'octavia', DYNAMODB_ENDPOINT: 'http://d', STEP_FUNCTIONS_ENDPOINT: 'http://s' };
  expect(readStartOptions(['--port', '0'], environment)).toMatchObject({
    standInCloud: false,
    dynamodbEndpoint: 'http://d',
    stepFunctionsEndpoint: 'http://s',
    ports: { api: 0, dynamodb: 0 },
  });
});

test('what it does not understand is refused', () => {
  expect(() => readStartOptions(['--prot', '1'], {})).toThrow('--prot');
  expect(() => readStartOptions(['--port', 'x'], {})).toThrow('--port x is not a port');
});

test('help is not a start', () => {
  expect(readStartOptions(['--help'], {})).toBeNull();
});
