import type { Random } from '../random.ts';
import { MISSING_ID } from '../world.ts';

/** What no field, or few of them, should take. */
const BAD: readonly unknown[] = [
  null,
  '',
  ' ',
  0,
  -1,
  -2,
  1.5,
  65_535,
  65_536,
  2_147_483_648,
  99_999_999_999,
  true,
  'true',
  'yes',
  '1',
  'x',
  'é ü',
  'a'.repeat(255),
  'a'.repeat(256),
  'b'.repeat(1000),
  [],
  {},
  ['x'],
  [null],
  { x: 1 },
  '10.0.0.1',
  '2001:db8::1',
  '300.1.1.1',
  'not-a-uuid',
  MISSING_ID,
];

export const badValue = (random: Random): unknown => random.pick(BAD);

export const TAGS = ['red', 'green', 'blue'] as const;
export const tags = (random: Random): readonly string[] => random.some(TAGS);

export const text = (random: Random): string =>
  random.weighted([
    [6, `t${random.int(1, 9)}`],
    [1, ''],
    [1, 'Größe 1'],
  ]);

export const boolean = (random: Random): boolean => random.chance(0.6);
