import { describe, expect, it } from 'vitest';
import { ago, duration, instantOf, sinceOf } from '../../../../cli/output/times.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [12_400, '12 s'],
    [185_000, '3 min 5 s'],
    [15_000_000, '4 h 10 min'],
    [788_400_000, '9 d 3 h'],
  ])('%i ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it('of the API are UTC, with a zone or without', () => {
    expect(instantOf('2026-11-30T12:00:00')).toBe(NOW);
    expect(instantOf('2026-11-30T13:00:00+01:00')).toBe(NOW);
    expect(ago('2026-11-30T11:59:00', NOW)).toBe('1 min 0 s ago');
    expect(ago(null)).toBe('-');
  });

  it.each([
    ['30m', '2026-11-30T11:30:00.000Z'],
    ['24h', '2026-11-29T12:00:00.000Z'],
    ['7d', '2026-11-23T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:00:00+01:00', '2026-11-01T09:00:00.000Z'],
  ])('--since %s is %s', (given, time) => {
    expect(sinceOf(given, NOW)).toBe(time);
  });

  it.each(['yesterday', '24', 'h', '2026-13-40', '-1h'])('--since %s is refused by name', (given) => {
    expect(() => sinceOf(given, NOW)).toThrow(`--since ${given}: is no time`);
  });
});
