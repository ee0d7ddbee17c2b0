import { describe, expect, it } from 'vitest';
import { silenceOf } from '../../../../lib/health/silence.ts';

const patience = { intervalMs: 10_000, missedHeartbeats: 2, timeoutMs: 60_000 };
const now = 1_000_000;
const silent = (ms: number, observedMs = 500_000) => silenceOf(now - ms, now - observedMs, now, patience);

describe('an amphora', () => {
  it('is well until two heartbeats are missing, suspect from then on, and stale at the timeout', () => {
    expect(silent(21_999)).toBe('none');
    expect(silent(22_000)).toBe('suspect');
    expect(silent(59_999)).toBe('suspect');
    expect(silent(60_000)).toBe('stale');
  });

  it('does not count the time in which no receiver could receive it', () => {
    expect(silent(400_000, 1_000)).toBe('none');
    expect(silent(400_000, 22_000)).toBe('suspect');
    expect(silent(400_000, 60_000)).toBe('stale');
  });

  it('that sends every second is suspect half a second after the second missing one', () => {
    const quick = { ...patience, intervalMs: 1_000 };
    expect(silenceOf(now - 2_499, 0, now, quick)).toBe('none');
    expect(silenceOf(now - 2_500, 0, now, quick)).toBe('suspect');
  });

  it('is stale no later than the timeout, however many heartbeats may be missing', () => {
    expect(silenceOf(now - 60_000, 0, now, { ...patience, missedHeartbeats: 20 })).toBe('stale');
  });
});
