import type * as z from 'zod';
import { logger } from '../../tools/logger.ts';

/**
 * The rows that are as rows are. One that is not, since a version that knows more has written it, or a hand, is named in
 * the log and left out: it must not keep all the others from what is to be done with them.
 */
export const readable = <T>(schema: z.ZodType<T>, rows: readonly Readonly<Record<string, unknown>>[]): readonly T[] =>
  rows.flatMap((row) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return [parsed.data];
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    logger.error('unreadable row', { pk: row.pk, sk: row.sk, problems });
    return [];
  });
