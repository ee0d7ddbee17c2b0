import * as z from 'zod';
import { publishTransitions } from '../../lib/events/publish-transitions.ts';
import { logger } from '../../lib/tools/logger.ts';

/** What a stream hands to a function. */
const batch = z.object({ Records: z.array(z.unknown()) });

/** The records from the first of these on are handed over again. */
export interface Answer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Makes events of the changes of statuses in the table's stream. May get the same record twice: its events then have
 * the same ids.
 */
export const handler = async (event: unknown): Promise<Answer> => {
  const { transitions, unreadable, stoppedAt } = await publishTransitions(batch.parse(event).Records);
  if (transitions + unreadable > 0) logger.info('transitions published', { transitions, unreadable });
  return { batchItemFailures: stoppedAt === null ? [] : [{ itemIdentifier: stoppedAt }] };
};
