import { expect, test } from 'vitest';
import { residentMbOf } from '../../../../bench/local/stack-process.ts';

test('resident memory is read in millions of bytes', () => {
  expect(residentMbOf('Name:\tnode\nVmRSS:\t  100000 kB\nThreads:\t9\n')).toBeCloseTo(102.4);
  expect(() => residentMbOf('Name:\tnode\n')).toThrow('no resident memory');
});
