import { expect, test } from 'vitest';
import { sharedClock } from '../../../../bench/local/amphora-time.ts';

test('the clock runs while anything is under way, once for all', () => {
  let now = 0;
  const clock = sharedClock(() => now);
  const after = (ms: number, what: () => void): void => {
    now += ms;
    what();
  };
  after(10, clock.begin);
  after(10, clock.begin);
  after(10, clock.end);
  expect(clock.total()).toBe(0);
  after(10, clock.end);
  after(100, clock.begin);
  after(5, clock.end);
  expect(clock.total()).toBe(35);
});
