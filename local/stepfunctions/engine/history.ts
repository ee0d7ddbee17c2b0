import type { JsonObject } from '../../json.ts';
import { ExecutionEnd } from './errors.ts';

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds UTC. */
  readonly timestamp: number;
  readonly type: string;
  /** The event's own details, under the key AWS uses (`stateEnteredEventDetails`, ...). */
  readonly details: JsonObject;
}

export interface History {
  readonly events: readonly HistoryEvent[];
  /** Appends an event behind another one; answers its id. */
  add(type: string, previousEventId: number, details?: JsonObject): number;
  /** Ignores what abandoned branches still report. */
  seal(): void;
}

const LIMIT = 25_000;

/** The events of one execution. As on AWS an execution ends when it has 25,000 of them. */
export const createHistory = (now: () => number = Date.now): History => {
  const events: HistoryEvent[] = [];
  let sealed = false;
  return {
    events,
    add: (type, previousEventId, details = {}) => {
      const id = events.length + 1;
      if (sealed) return id;
      if (id >= LIMIT && !type.startsWith('Execution')) {
        throw new ExecutionEnd(
          'ABORTED',
          'States.Runtime',
          `The execution reached the limit of ${LIMIT} history events.`,
        );
      }
      events.push({ id, previousEventId, timestamp: now(), type, details });
      return id;
    },
    seal: () => {
      sealed = true;
    },
  };
};
