import { expect, test } from 'vitest';
import { readSchedule } from '../../../../local/scheduler/schedule-expression.ts';

test.each([
  ['rate(1 minute)', '2026-01-01T00:00:30Z', '2026-01-01T00:01:30Z'],
  ['rate(2 hours)', '2026-01-01T00:00:00Z', '2026-01-01T02:00:00Z'],
  ['cron(0 12 * * ? *)', '2026-01-01T12:00:00Z', '2026-01-02T12:00:00Z'],
  ['cron(0/15 * * * ? *)', '2026-01-01T00:14:59Z', '2026-01-01T00:15:00Z'],
  ['cron(30 8 ? * MON-FRI *)', '2026-01-02T09:00:00Z', '2026-01-05T08:30:00Z'],
  ['cron(0 0 1 JAN,JUL ? *)', '2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z'],
  ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
])('%s after %s is due at %s', (expression, now, due) => {
  expect(new Date(readSchedule(expression)(Date.parse(now))).toISOString()).toBe(new Date(due).toISOString());
});

test.each(['rate(0 minutes)', 'rate(1 week)', 'cron(0 12 * *)', 'cron(61 * * * ? *)', 'cron(0 12 L * ? *)', 'daily'])(
  '%s is refused',
  (expression) => {
    expect(() => readSchedule(expression)).toThrow(`"${expression}" is not a schedule`);
  },
);
