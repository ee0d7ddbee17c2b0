import type * as z from 'zod';
import { logger } from '../../tools/logger.ts';
import { metricLine } from '../../tools/metric-line.ts';

type Row = Readonly<Record<string, unknown>>;

/** The row as it should be, or null with an entry in the log, which counts it. */
export const readableOne = <T>(schema: z.ZodType<T>, row: Row): T | null => {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  logger.error('unreadable row', {
    ...metricLine(Date.now(), {}, { UnreadableRows: 1 }),
    pk: row.pk,
    sk: row.sk,
    problems,
  });
  return null;
};

/**
 * The rows of a list or a sweep that are as rows are. A row that is not was written by another release, or by hand: it is named in the log
 * and left out, so that it does not keep all the others from what is to be done with them.
 */
export const readable = <T>(schema: z.ZodType<T>, rows: readonly Row[]): readonly T[] =>
  rows.map((row) => readableOne(schema, row)).filter((row) => row !== null);
