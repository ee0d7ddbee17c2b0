import { expect, test } from 'vitest';
import { matchesPattern } from '../../../../local/scheduler/pattern.ts';

const event = {
  source: 'aws.states',
  detail: { status: 'FAILED', name: 'op-1', count: 3, tags: ['a', 'b'], none: null },
};

test.each([
  [{ source: ['aws.states'] }, true],
  [{ source: ['x', 'aws.states'], detail: { status: ['FAILED', 'ABORTED'] } }, true],
  [{ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, false],
  [{ detail: { name: [{ prefix: 'op-' }] } }, true],
  [{ detail: { name: [{ suffix: '-2' }] } }, false],
  [{ detail: { name: [{ wildcard: 'o*1' }] } }, true],
  [{ detail: { tags: ['b'] } }, true],
  [{ detail: { count: [{ numeric: ['>', 2, '<=', 3] }] } }, true],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { name: [{ exists: false }] } }, false],
  [{ detail: { status: [{ 'anything-but': ['SUCCEEDED'] }] } }, true],
  [{ detail: { name: [{ 'anything-but': { prefix: 'op' } }] } }, false],
  [{ detail: { none: [null] } }, true],
  [{ $or: [{ source: ['x'] }, { detail: { status: ['FAILED'] } }] }, true],
])('%j: %s', (pattern, fits) => {
  expect(matchesPattern(event, pattern)).toBe(fits);
});

test('an unknown filter is refused', () => {
  expect(() => matchesPattern(event, { source: [{ regex: '.*' }] })).toThrow('"regex" is not a filter');
});
