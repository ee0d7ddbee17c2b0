import { describe, expect, it } from 'vitest';
import { orderOf } from '../../../../lib/health/sequence.ts';

const INTERVAL = 10_000;
const last = { sequence: 100, at: 1_000_000 };
const after = (ms: number, sequence: number) => orderOf(last, sequence, last.at + ms, INTERVAL);

describe('a heartbeat', () => {
  it('is the next one when its number is higher, or when it is the first that was heard', () => {
    expect(after(10_000, 101)).toBe('next');
    expect(after(1, 150)).toBe('next');
    expect(orderOf(null, 0, 0, INTERVAL)).toBe('next');
  });

  it('is a replay when its number was there', () => {
    expect(after(10_000, 100)).toBe('replay');
    expect(after(60_000, 99)).toBe('replay');
    expect(after(60_000, 50)).toBe('replay');
  });

  it('is a restart when its agent can have counted that far since', () => {
    expect(after(10_000, 0)).toBe('restart');
    expect(after(60_000, 6)).toBe('restart');
    expect(after(60_000, 9)).toBe('replay');
  });

  it('is a replay when it says that its agent began again, and the last one has just come', () => {
    expect(after(100, 0)).toBe('replay');
  });
});
