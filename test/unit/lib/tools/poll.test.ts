import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { poll } from '../../../../lib/tools/poll.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers the value at the look of that number, counted from 1. */
const foundAt = (look: number) => {
  let looks = 0;
  return async () => {
    looks += 1;
    return looks >= look ? `look ${looks}` : null;
  };
};

describe('a poll', () => {
  it('looks at once, however small its budget', async () => {
    expect(await poll({ budgetMs: 0, intervalMs: 100 }, foundAt(1))).toBe('look 1');
  });

  it('looks again until there is something', async () => {
    const found = poll({ budgetMs: 1_000, intervalMs: 100 }, foundAt(4));
    await vi.advanceTimersByTimeAsync(300);
    expect(await found).toBe('look 4');
  });

  it('answers null when its budget is used up, and never sleeps past it', async () => {
    const started = Date.now();
    const found = poll({ budgetMs: 250, intervalMs: 100 }, foundAt(100));
    await vi.runAllTimersAsync();
    expect(await found).toBeNull();
    expect(Date.now() - started).toBe(200);
  });

  it('pauses longer after a look that takes long, up to 2 s', async () => {
    const begun: number[] = [];
    const started = Date.now();
    const slow = async () => {
      begun.push(Date.now() - started);
      await new Promise((resolve) => setTimeout(resolve, begun.length === 1 ? 100 : 900));
      return begun.length === 3 ? 'found' : null;
    };
    const found = poll({ budgetMs: 10_000, intervalMs: 200 }, slow);
    await vi.runAllTimersAsync();
    expect(await found).toBe('found');
    expect(begun).toEqual([0, 100 + 400, 500 + 900 + 2_000]);
  });

  it('lets the trouble of a look out', async () => {
    await expect(poll({ budgetMs: 100, intervalMs: 10 }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
