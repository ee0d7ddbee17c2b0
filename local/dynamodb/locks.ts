import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { canceledByConflict, conflict } from './conflicts.ts';

/** An item's key, unique over all tables; null where it is malformed. */
type ItemLock = string | null;

export interface Locks {
  /**
   * A write of items that belongs to no transaction. Runs `work` while nothing else holds any of the keys, in the order of calls.
   * @throws AwsError TransactionConflictException one of them is in flight; nothing is run
   */
  write<T>(keys: readonly ItemLock[], work: () => Promise<T>): Promise<T>;
  /**
   * A write transaction. Its items, one for each action, are in flight from now on until it has ended.
   * @throws AwsError TransactionCanceledException one of them is in flight; nothing is run
   */
  writeAll<T>(keys: readonly ItemLock[], work: () => Promise<T>): Promise<T>;
  /**
   * A read transaction.
   * @throws AwsError TransactionCanceledException one of its items is in flight; nothing is run
   */
  readAll<T>(keys: readonly ItemLock[], work: () => Promise<T>): Promise<T>;
  isInFlight(key: ItemLock): boolean;
  /** Milliseconds for which each further transaction is in flight before it writes; 0 until the event loop's next turn. */
  setWindow(milliseconds: number): void;
}

/**
 * Who may write an item when, within this process. As in DynamoDB no write waits for a transaction: a transaction that meets an item
 * of another one is cancelled, and a plain write of such an item is rejected. Plain writes of one item follow each other. All keys of a
 * call are queued at once, in one order, so no two calls can block each other.
 */
export const createLocks = (): Locks => {
  const tails = new Map<string, Promise<void>>();
  const inFlight = new Set<string>();
  let windowMs = 0;
  const isInFlight = (key: ItemLock): boolean => key !== null && inFlight.has(key);

  const hold = async <T>(keys: readonly string[], work: () => Promise<T>): Promise<T> => {
    const wanted = [...new Set(keys)].sort();
    const { promise: done, resolve: release } = Promise.withResolvers<void>();
    const before = wanted.map((key) => tails.get(key));
    for (const key of wanted) tails.set(key, done);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      release();
      for (const key of wanted) if (tails.get(key) === done) tails.delete(key);
    }
  };
  const known = (keys: readonly ItemLock[]): readonly string[] => keys.filter((key) => key !== null);
  const cancelOnConflict = (keys: readonly ItemLock[]): void => {
    const met = keys.map(isInFlight);
    if (met.includes(true)) throw canceledByConflict(met);
  };

  return {
    isInFlight,
    write: async (keys, work) => {
      if (keys.some(isInFlight)) throw conflict();
      return await hold(known(keys), work);
    },
    writeAll: async (keys, work) => {
      cancelOnConflict(keys);
      const own = known(keys);
      for (const key of own) inFlight.add(key);
      try {
        await (windowMs > 0 ? pause(windowMs) : nextTurn());
        return await hold(own, work);
      } finally {
        for (const key of own) inFlight.delete(key);
      }
    },
    readAll: async (keys, work) => {
      cancelOnConflict(keys);
      return await hold(known(keys), work);
    },
    setWindow: (milliseconds) => {
      windowMs = milliseconds;
    },
  };
};
