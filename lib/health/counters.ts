import { BAD_DATAGRAMS } from './datagram.ts';

/** What became of a datagram; every one is counted under one of these. */
export const OUTCOMES = [
  'accepted',
  ...BAD_DATAGRAMS,
  /** No such amphora, or none at the address whose key could be tried. */
  'unknown',
  /** An amphora that was deleted, and still runs. */
  'zombie',
  /** Not up yet: its address is not known. */
  'early',
  /** Not from the amphora's own address. */
  'wrong-source',
  'replay',
  /** Handled so long after it came that it says nothing of now. */
  'late',
  /** More than an amphora, or an address that is none's, sends: left unread. */
  'limited',
  /** More came than could be handled: the oldest went. */
  'dropped',
  /** The table could not be reached. */
  'unwritten',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Counts {
  add(outcome: Outcome): void;
  /** When something was dropped last, ISO 8601; null for never. */
  droppedAt(): string | null;
  /** Since the start. */
  totals(): Readonly<Record<Outcome, number>>;
}

export const createCounts = (now: () => number): Counts => {
  const counts = new Map<Outcome, number>();
  let droppedAt: string | null = null;
  return {
    add: (outcome) => {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (outcome === 'dropped') droppedAt = new Date(now()).toISOString();
    },
    droppedAt: () => droppedAt,
    totals: () => {
      const of = (outcome: Outcome): number => counts.get(outcome) ?? 0;
      return {
        accepted: of('accepted'),
        'too-short': of('too-short'),
        'bad-mac': of('bad-mac'),
        'bad-stream': of('bad-stream'),
        'too-large': of('too-large'),
        'bad-json': of('bad-json'),
        'bad-shape': of('bad-shape'),
        unknown: of('unknown'),
        zombie: of('zombie'),
        early: of('early'),
        'wrong-source': of('wrong-source'),
        replay: of('replay'),
        late: of('late'),
        limited: of('limited'),
        dropped: of('dropped'),
        unwritten: of('unwritten'),
      };
    },
  };
};
