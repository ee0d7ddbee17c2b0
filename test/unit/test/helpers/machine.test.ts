import { afterEach, expect, test, vi } from 'vitest';
import { closingLines, marked, missing, reasonOf } from '../../../helpers/machine.ts';

afterEach(() => vi.unstubAllEnvs());

test('a missing program is named, with the command that brings it', () => {
  vi.stubEnv('PATH', '/nonexistent');
  expect(missing('spin', 'gcc')).toBe(
    'no spin, no gcc on this machine: apt-get install spin && apt-get install gcc libc6-dev',
  );
});

test('a machine that has everything gives no reason', () => {
  expect(missing()).toBeNull();
});

test('the reason in a title is found again, and a title without one has none', () => {
  const title = `file > ${marked('a suite', 'no haproxy: install it')} > a test`;
  expect(reasonOf(title)).toBe('no haproxy: install it');
  expect(reasonOf('file > a suite > a test')).toBeNull();
});

test('the last line is the sum, after a line for each reason to skip', () => {
  const skipped = new Map([
    ['no spin', 2],
    ['no java', 3],
  ]);
  expect(closingLines({ passed: 7, failed: 1, skipped })).toBe(
    'skipped 2: no spin\nskipped 3: no java\n7 passed, 1 failed, 5 skipped',
  );
  expect(closingLines({ passed: 7, failed: 0, skipped: new Map() })).toBe('7 passed, 0 failed');
});
