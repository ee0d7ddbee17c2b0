import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createHostility } from '../../../../local/hostile/hostility.ts';
import { type SkewedClock, startSkewedClock } from '../../../../local/hostile/skewed-clock.ts';

const HOUR_MS = 3_600_000;
const near = (moment: number) => ({ asymmetricMatch: (value: unknown) => Math.abs(Number(value) - moment) < 60_000 });

const own = Date;
let clock: SkewedClock | null = null;
afterEach(() => clock?.stop());

test('work has a clock that is ahead, to its end, and nothing else has', async () => {
  clock = startSkewedClock();
  const ahead = clock.run(HOUR_MS, async () => {
    await pause(1);
    return [Date.now(), Date.parse(new Date().toISOString()), Date.parse(Date())];
  });
  expect(Date.now()).toEqual(near(own.now()));
  const moment = near(own.now() + HOUR_MS);
  expect(await ahead).toEqual([moment, moment, moment]);
});

test('a date of a given moment is that moment, and a Date', () => {
  clock = startSkewedClock();
  clock.run(HOUR_MS, () => {
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(new Date('2026-01-02').getTime()).toBe(Date.UTC(2026, 0, 2));
    expect(new Date()).toBeInstanceOf(Date);
    expect(new Date()).toBeInstanceOf(own);
  });
});

test('the stop gives the process its own clock back', () => {
  startSkewedClock().stop();
  expect(Date).toBe(own);
});

test('a function keeps its clock, which is off by at most the skew, and functions differ', () => {
  const hostility = createHostility({ seed: 3, skewMs: 300 });
  const skews = ['A', 'B', 'C', 'D'].map((key) => hostility.skewOf(key));
  expect(skews).toEqual(['A', 'B', 'C', 'D'].map((key) => hostility.skewOf(key)));
  expect(new Set(skews).size).toBe(4);
  for (const skew of skews) expect(Math.abs(skew)).toBeLessThanOrEqual(300);
});
