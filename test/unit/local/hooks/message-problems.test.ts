import { expect, test } from 'vitest';
import { messageProblems } from '../../../../local/hooks/message-problems.ts';

test.each([
  'fix(receiver): count a throttled statement as an outage of the table\n',
  'feat(health)!: give each amphora a heartbeat key of its own\n\nSymptom, cause and remedy.\n',
  'docs: explain the fence\n# Please enter the commit message\n',
  'fix: keep\n\nWhy.\n# ------------------------ >8 ------------------------\ndiff --git a line far longer than any body may be, because the diff of a verbose commit stands below the scissors line\n',
  "Merge branch 'main' into topic\n",
  'fixup! fix(api): anything\n',
])('a message by the convention has no problem: %j', (message) => {
  expect(messageProblems(message)).toEqual([]);
});

test.each([
  ['Fix the receiver\n', /type\(room\)/],
  ['fixes(api): anything\n', /type\(room\)/],
  ['fix(api): Anything\n', /type\(room\)/],
  ['fix(api): anything.\n', /type\(room\)/],
  ['\n', /type\(room\)/],
  [`fix(api): ${'a'.repeat(63)}\n`, /73 characters, at most 72/],
  ['fix(api): anything\nBody at once\n', /must be empty/],
  [`fix(api): anything\n\n${'word '.repeat(25)}\n`, /line 3/],
])('a message against the convention is refused with its problem: %j', (message, problem) => {
  expect(messageProblems(message)).toEqual([expect.stringMatching(problem)]);
});
