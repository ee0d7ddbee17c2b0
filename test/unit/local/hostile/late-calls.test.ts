import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHostility, type HostileOptions } from '../../../../local/hostile/hostility.ts';
import { createLateCalls } from '../../../../local/hostile/late-calls.ts';

const LAG_MS = 1_000;
const CALLS = 40;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const start = (options: Partial<HostileOptions> = {}) => {
  const arrived: unknown[] = [];
  const hostility = createHostility({ seed: 5, lagMs: LAG_MS, ...options });
  const calls = createLateCalls(hostility, (_key, payload) => arrived.push(payload));
  for (let number = 0; number < CALLS; number += 1) calls.invokeLater('F', number);
  return { calls, arrived };
};
const sorted = (values: readonly unknown[]) => [...new Set(values)].sort((a, b) => Number(a) - Number(b));
const all = Array.from({ length: CALLS }, (_none, number) => number);

test('every call arrives late, some twice, and not in their order', () => {
  const { arrived } = start({ share: 0.1 });
  expect(arrived).toEqual([]);
  vi.advanceTimersByTime(100 * LAG_MS);
  expect(sorted(arrived)).toEqual(all);
  expect(arrived.length).toBeGreaterThan(CALLS);
  expect(arrived.length).toBeLessThan(2 * CALLS);
  expect(arrived).not.toEqual(arrived.toSorted((a, b) => Number(a) - Number(b)));
});

test('a throttled call arrives later than the lag', () => {
  const { arrived } = start({ share: 0.9 });
  vi.advanceTimersByTime(LAG_MS);
  expect(sorted(arrived).length).toBeLessThan(CALLS);
  vi.advanceTimersByTime(1e9 * LAG_MS);
  expect(sorted(arrived)).toEqual(all);
});

test('the same seed repeats the same calls in the same order', () => {
  const [one, two, other] = [start(), start(), start({ seed: 6 })];
  vi.advanceTimersByTime(100 * LAG_MS);
  expect(two.arrived).toEqual(one.arrived);
  expect(other.arrived).not.toEqual(one.arrived);
});

test('nothing arrives after the stop', () => {
  const { calls, arrived } = start();
  calls.stop();
  vi.advanceTimersByTime(100 * LAG_MS);
  expect(arrived).toEqual([]);
});
