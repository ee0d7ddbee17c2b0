const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const names: Readonly<Record<string, readonly string[]>> = {
  month: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  weekday: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};

const refuse = (expression: string): Error => new Error(`"${expression}" is not a schedule this stack understands.`);

type Fits = (value: number) => boolean;

const readField = (field: string, from: number, to: number, kind: string, expression: string): Fits => {
  const read = (text: string): number => {
    const named = names[kind]?.indexOf(text.toUpperCase()) ?? -1;
    const value = named >= 0 ? named + 1 : Number(text);
    if (!Number.isInteger(value) || value < from || value > to) throw refuse(expression);
    return value;
  };
  const parts = field.split(',').map((part): Fits => {
    const [range = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw refuse(expression);
    const any = range === '*' || range === '?';
    const [first = '', last] = any ? [String(from), String(to)] : range.split('-');
    const low = read(first);
    const high = last === undefined ? (stepText === undefined ? low : to) : read(last);
    return (value) => value >= low && value <= high && (value - low) % step === 0;
  });
  return (value) => parts.some((fits) => fits(value));
};

/** The next time after `now` a schedule is due, both in milliseconds UTC. */
export type NextTime = (now: number) => number;

const rateSchedule = (expression: string, count: number, unit: string): NextTime => {
  const period = count * (units[unit.replace(/s$/, '')] ?? 0);
  if (period <= 0) throw refuse(expression);
  return (now) => now + period;
};

const cronSchedule = (expression: string, fields: readonly string[]): NextTime => {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = '*'] = fields;
  if (fields.length !== 6) throw refuse(expression);
  const fits = {
    minute: readField(minute, 0, 59, 'minute', expression),
    hour: readField(hour, 0, 23, 'hour', expression),
    day: readField(day, 1, 31, 'day', expression),
    month: readField(month, 1, 12, 'month', expression),
    weekday: readField(weekday, 1, 7, 'weekday', expression),
    year: readField(year, 1970, 2199, 'year', expression),
  };
  return (now) => {
    // Minutes of four years and a bit: every day there is comes by.
    const limit = now + 4.1 * 366 * 86_400_000;
    for (let time = Math.floor(now / 60_000) * 60_000 + 60_000; time < limit; ) {
      const date = new Date(time);
      const rightDay =
        fits.year(date.getUTCFullYear()) &&
        fits.month(date.getUTCMonth() + 1) &&
        fits.day(date.getUTCDate()) &&
        fits.weekday(date.getUTCDay() + 1);
      if (!rightDay) time = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1);
      else if (!fits.hour(date.getUTCHours())) time = (Math.floor(time / 3_600_000) + 1) * 3_600_000;
      else if (!fits.minute(date.getUTCMinutes())) time += 60_000;
      else return time;
    }
    return Number.POSITIVE_INFINITY;
  };
};

/**
 * Reads `rate(5 minutes)` and `cron(0 12 * * ? *)` (EventBridge's six fields, UTC; not `L`, `W` and `#`).
 * Fails with the expression in the message.
 */
export const readSchedule = (expression: string): NextTime => {
  const rate = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression);
  if (rate) return rateSchedule(expression, Number(rate[1]), rate[2] ?? '');
  const cron = /^cron\(([^)]*)\)$/.exec(expression);
  if (cron) return cronSchedule(expression, (cron[1] ?? '').trim().split(/\s+/));
  throw refuse(expression);
};
