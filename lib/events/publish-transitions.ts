import * as z from 'zod';
import {
  type StatusMove,
  TRANSITION_EVENT,
  type Transition,
  UNREADABLE_EVENT,
} from '../models/operations/transition.ts';
import { movesIn } from '../repositories/objects/transitions.ts';
import { logger } from '../tools/logger.ts';
import { createExplain } from './explain.ts';
import { createPutAtOnce, EVENTS_AT_ONCE, type OutgoingEvent, type PutAtOnce } from './put-events.ts';

/** What is known of a record whatever else is wrong with it. */
const placed = z.looseObject({
  eventID: z.string().optional(),
  dynamodb: z.looseObject({ SequenceNumber: z.string(), Keys: z.record(z.string(), z.unknown()).optional() }),
});

/** One event, and which record it is owed to. */
interface Outgoing extends OutgoingEvent {
  readonly sequence: string;
  readonly object: string;
}

/** An unreadable record would keep all after it waiting: it is put aside by its key, without its content. */
const unreadable = (record: z.infer<typeof placed>, error: z.ZodError): Outgoing => {
  const { SequenceNumber: sequence, Keys } = record.dynamodb;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  logger.error('unreadable change sent to the dead letters', { sequence, keys: Keys, problems });
  return {
    type: UNREADABLE_EVENT,
    detail: { id: record.eventID ?? null, sequence, keys: Keys ?? null, problems },
    sequence,
    object: sequence,
  };
};

const outgoing = (transition: Transition): Outgoing => ({
  type: TRANSITION_EVENT,
  detail: transition,
  time: new Date(transition.time),
  sequence: transition.sequence,
  object: transition.object_id,
});

const read = (record: z.infer<typeof placed>): readonly StatusMove[] | Outgoing => {
  try {
    return movesIn(record);
  } catch (error) {
    if (error instanceof z.ZodError) return unreadable(record, error);
    throw error;
  }
};

/** What one request may carry: of each object one change only, since a later one may get through where an earlier does not. */
const nextRequest = (events: readonly Outgoing[]): readonly Outgoing[] => {
  const sequences = new Map<string, string>();
  const taken: Outgoing[] = [];
  for (const event of events) {
    const known = sequences.get(event.object) ?? event.sequence;
    if (taken.length === EVENTS_AT_ONCE || known !== event.sequence) break;
    sequences.set(event.object, event.sequence);
    taken.push(event);
  }
  return taken;
};

let shared: PutAtOnce | undefined;

export interface Published {
  readonly transitions: number;
  readonly unreadable: number;
  /** Sequence number of the first record that is not on the bus; null when all are. */
  readonly stoppedAt: string | null;
}

/**
 * Puts the transitions in records of the table's stream on EventBridge, in their order. What comes after the first that
 * could not be put there is left for the next time; some of it may be there already, and comes again then.
 * @throws ZodError a record does not even have its place in the stream
 */
export const publishTransitions = async (records: readonly unknown[]): Promise<Published> => {
  const explain = createExplain();
  shared ??= createPutAtOnce();
  const put = shared;
  const events: Outgoing[] = [];
  let stoppedAt: string | null = null;
  const stop = (sequence: string, error: unknown): void => {
    logger.error('publishing transitions failed; the stream delivers them again', { sequence, error: String(error) });
    stoppedAt = sequence;
  };
  for (const record of z.array(placed).parse(records)) {
    const found = read(record);
    try {
      if ('type' in found) events.push(found);
      else for (const move of found) events.push(outgoing(await explain(move)));
    } catch (error) {
      stop(record.dynamodb.SequenceNumber, error);
      break;
    }
  }
  let done = 0;
  while (done < events.length) {
    const request = nextRequest(events.slice(done));
    try {
      const refused = await put(request);
      const first = Math.min(...refused.keys());
      if (refused.size > 0) {
        done += first;
        stop(request[first]?.sequence ?? '', refused.get(first));
        break;
      }
      done += request.length;
    } catch (error) {
      stop(request[0]?.sequence ?? '', error);
      break;
    }
  }
  const published = events.slice(0, done);
  const unreadables = published.filter(({ type }) => type === UNREADABLE_EVENT).length;
  return { transitions: published.length - unreadables, unreadable: unreadables, stoppedAt };
};
