import { expect, test } from 'vitest';
import { createReport } from '../../../../local/package/report.ts';

test('ends with the count of what passed and what failed', () => {
  const lines: string[] = [];
  const report = createReport((line) => lines.push(line));
  report.check('one', []);
  report.check('two', ['it is wrong']);
  expect(report.end()).toBe(false);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
  expect(lines.join('\n')).toContain('it is wrong');
});

test('succeeds when nothing failed', () => {
  const report = createReport(() => {});
  report.check('one', []);
  expect(report.end()).toBe(true);
});
