import { UsageError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "850 ms", "12 s", "3 min 5 s", "4 h 10 min", "9 d 3 h". */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = Math.floor(milliseconds / 1_000);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.floor(seconds / 60)];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
};

/** The moment in milliseconds; times without a zone are UTC, as the API writes them. */
export const instantOf = (time: string): number => Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`);

/** How long ago that was; a dash for no time. */
export const ago = (time: string | null, now: number = Date.now()): string =>
  time === null ? '-' : `${duration(now - instantOf(time))} ago`;

/** A moment as ISO 8601 out of "30m", "24h", "7d" or a time. @throws UsageError */
export const sinceOf = (given: string, now: number = Date.now()): string => {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  if (count !== undefined) return new Date(now - Number(count) * (UNITS[unit] ?? 0)).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(given)
    ? instantOf(given.includes('T') ? given : `${given}T00:00:00`)
    : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`--since ${given}: is no time`, 'use 30m, 24h, 7d or a time such as 2026-11-30T12:00:00Z');
  }
  return new Date(time).toISOString();
};
