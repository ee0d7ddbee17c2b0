import type { LevelIterator, Store } from 'dynalite/db/index.js';

const closing = (iterator: LevelIterator): LevelIterator => {
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= iterator.close();
    return closed;
  };
  return {
    next: async () => {
      const value = closed === null ? await iterator.next() : undefined;
      if (value === undefined) await close();
      return value;
    },
    return: close,
    close,
  };
};

/**
 * Lets the streams of queries and scans close what they read from: dynalite looks for a `return` that LevelDB's
 * iterators do not have, and each of them would hold its snapshot until the process ends.
 */
export const closeIterators = ({ db }: Store): void => {
  for (const kind of ['keys', 'values'] as const) {
    const open = db[kind].bind(db);
    db[kind] = (range) => closing(open(range));
  }
};
