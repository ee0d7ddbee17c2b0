import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OWN_MARK } from '../../../local/own-clouds.ts';
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

test('a clouds.yaml that a local stack has written is of no other cloud, also when it is gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-options-'));
  const other = join(folder, 'clouds.yaml');
  const choice = (OS_CLIENT_CONFIG_FILE: string) =>
    readStartOptions(['--data', '/data'], { OS_CLOUD: 'alice', OS_CLIENT_CONFIG_FILE })?.standInCloud;
  expect(choice('/data/clouds.yaml')).toBe(true);
  expect(choice(other)).toBe(false);
  writeFileSync(other, `${OWN_MARK}clouds: {}`);
  expect(choice(other)).toBe(true);
  writeFileSync(other, 'clouds: {}');
  expect(choice(other)).toBe(false);
  rmSync(folder, { recursive: true });
});

test('a hostile start has the seed that is given, or one of its own', () => {
  expect(readStartOptions(['--hostile=7'], {})?.hostile).toEqual({ seed: 7 });
  expect(readStartOptions(['--hostile', '--port', '0'], {})).toMatchObject({
    hostile: { seed: expect.any(Number) },
    ports: { api: 0 },
  });
  expect(readStartOptions([], {})).not.toHaveProperty('hostile');
  for (const seed of ['', 'x', '1.5', '-1', '1234567890'])
    expect(() => readStartOptions([`--hostile=${seed}`], {})).toThrow(`--hostile=${seed} is no seed`);
});

test('help is not a start', () => {
  expect(readStartOptions(['--help'], {})).toBeNull();
});
