import { expect, test } from 'vitest';
import { readCloudOptions, STAGES } from '../../../../bench/cloud/options.ts';

test('with an endpoint alone all stages run on it', () => {
  expect(readCloudOptions(['--url', 'http://lb'])).toMatchObject({
    kind: 'measure',
    standbyUrl: 'http://lb',
    flavors: { SINGLE: null, ACTIVE_STANDBY: null },
    repeat: 5,
    stages: STAGES,
    user: 'alice',
  });
});

test('stages, repetitions and a second endpoint can be chosen', () => {
  const options = readCloudOptions(['--url', 'http://a', '--standby-url', 'http://b', '-n', '2', 'batch', 'single']);
  expect(options).toMatchObject({ standbyUrl: 'http://b', repeat: 2, stages: ['batch', 'single'] });
});

test('two results are compared', () => {
  expect(readCloudOptions(['--compare', 'a.json', 'b.json'])).toEqual({ kind: 'compare', files: ['a.json', 'b.json'] });
});

test.each([
  [['single'], '--url'],
  [['--url', 'http://a', 'singel'], 'singel is not a stage'],
  [['--url', 'http://a', '-n', '0'], '-n 0'],
  [['--compare', 'a.json'], 'two files'],
])('%j is refused', (args, words) => {
  expect(() => readCloudOptions(args)).toThrow(words);
});
