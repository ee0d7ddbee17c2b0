/** What a receiver needs in order to receive. */
export type Sense = 'socket' | 'table';

/**
 * Whether this receiver can receive at all. A gap while it cannot receive is its own fault: every amphora is given its
 * full time again from the moment on at which it can.
 */
export interface ReceiverHealth {
  failed(sense: Sense): void;
  works(sense: Sense): void;
  /** It was away for a while, and could do nothing about it: a process that stood still. */
  wasAway(): void;
  /** ms since 1970; null while it cannot receive. */
  healthySince(): number | null;
}

export const createReceiverHealth = (now: () => number): ReceiverHealth => {
  const broken = new Set<Sense>();
  let since = now();
  return {
    failed: (sense) => void broken.add(sense),
    works: (sense) => {
      if (broken.delete(sense) && broken.size === 0) since = now();
    },
    wasAway: () => {
      since = now();
    },
    healthySince: () => (broken.size === 0 ? since : null),
  };
};
