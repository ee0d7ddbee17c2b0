import { expect, test } from 'vitest';
import { readOptions } from '../../../bench/options.ts';

const NAMES = ['single', 'members', 'rendering'];

test('without names everything runs', () => {
  expect(readOptions([], NAMES)).toEqual({ json: false, only: NAMES });
});

test('one or several names can be given', () => {
  expect(readOptions(['--json', '--only', 'members', 'single'], NAMES)).toEqual({
    json: true,
    only: ['members', 'single'],
  });
});

test('a name that is none is refused, as is one without --only', () => {
  expect(() => readOptions(['--only', 'member'], NAMES)).toThrow('member: not among');
  expect(() => readOptions(['members'], NAMES)).toThrow('--only');
});

test('help is no benchmark', () => {
  expect(readOptions(['-h'], NAMES)).toBeNull();
});
