import { expect, test } from 'vitest';
import { residentMbOf, startArguments } from '../../../../bench/local/stack-process.ts';

test('resident memory is read in millions of bytes', () => {
  expect(residentMbOf('Name:\tnode\nVmRSS:\t  100000 kB\nThreads:\t9\n')).toBeCloseTo(102.4);
  expect(() => residentMbOf('Name:\tnode\n')).toThrow('no resident memory');
});

test('the stack is started with the options that npm start gives it', () => {
  const scripts = { start: 'node local/bin/run.mjs --some-option=4 local/start.ts' };
  expect(startArguments(JSON.stringify({ scripts }))).toEqual(['--some-option=4', 'local/start.ts']);
});
