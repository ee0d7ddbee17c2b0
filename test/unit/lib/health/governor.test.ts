import { describe, expect, it } from 'vitest';
import { govern } from '../../../../lib/health/governor.ts';

const thresholds = { atLeast: 10, percent: 20 };
const decide = (zones: Readonly<Record<string, readonly [number, number]>>, at = thresholds) =>
  govern(new Map(Object.entries(zones).map(([zone, [silent, known]]) => [zone, { silent, known }])), at);
const suspended = (...words: Parameters<typeof decide>) => [...decide(...words).suspended];

describe('the storm governor', () => {
  it('lets failovers through while few are stale, absolutely or of all', () => {
    expect(suspended({ nova: [9, 9] })).toEqual([]);
    expect(suspended({ nova: [19, 100] })).toEqual([]);
  });

  it('suspends them from both thresholds on', () => {
    expect(suspended({ nova: [10, 50] })).toEqual(['nova']);
    expect(suspended({ nova: [1_000, 1_000] })).toEqual(['nova']);
  });

  it('suspends them in the zone that has the storm alone, and resumes when it is over', () => {
    expect(suspended({ east: [30, 60], west: [1, 60] })).toEqual(['east']);
    expect(suspended({ east: [5, 60], west: [1, 60] })).toEqual([]);
  });

  it('is off with a threshold of 0', () => {
    expect(suspended({ nova: [1_000, 1_000] }, { atLeast: 0, percent: 20 })).toEqual([]);
  });

  it('suspects the receiver when half of all is stale at once', () => {
    expect(decide({ east: [1, 2], west: [1, 2] }).doubtsObserver).toBe(true);
    expect(decide({ east: [1, 3], west: [1, 3] }).doubtsObserver).toBe(false);
    expect(decide({ nova: [1, 1] }).doubtsObserver).toBe(false);
  });
});
