import { expect, test } from 'vitest';
import { createDraws } from '../../../../local/hostile/draws.ts';

const five = (seed: number, site: string): readonly number[] => {
  const draws = createDraws(seed);
  return Array.from({ length: 5 }, () => draws.next(site));
};

test('a site draws the same numbers for the same seed, whatever other sites draw in between', () => {
  const alone = five(7, 'a');
  const other = createDraws(7);
  const among = Array.from({ length: 5 }, () => {
    other.next('b');
    return other.next('a');
  });
  expect(among).toEqual(alone);
  expect(new Set(alone).size).toBe(5);
});

test('another seed and another site draw other numbers', () => {
  expect(five(8, 'a')).not.toEqual(five(7, 'a'));
  expect(five(7, 'b')).not.toEqual(five(7, 'a'));
});

test('a name keeps its number', () => {
  const draws = createDraws(7);
  expect(draws.fixed('index')).toBe(draws.fixed('index'));
  expect(createDraws(8).fixed('index')).not.toBe(draws.fixed('index'));
});

test('numbers lie from 0 up to 1, and spread', () => {
  const draws = createDraws(1);
  const numbers = Array.from({ length: 1000 }, () => draws.next('a'));
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  const below = numbers.filter((number) => number < 0.25).length;
  expect(below).toBeGreaterThan(200);
  expect(below).toBeLessThan(300);
});
