import type { BatchOperation, Store } from 'dynalite/db/index.js';
import * as z from 'zod';

export interface LateIndexes {
  /** Brings the indexes up to date. */
  stop(): Promise<void>;
}

/** dynalite's keys of index entries end with a hash of the item's own key in this many digits. */
const ITEM_DIGITS = 6;
const INDEX = 'index-global~';
const KEPT = 'late~';

const entriesSchema = z.array(
  z.union([
    z.object({ type: z.literal('put'), key: z.string(), value: z.unknown() }),
    z.object({ type: z.literal('del'), key: z.string() }),
  ]),
);

/**
 * Writes entries of global indexes later than their items, as DynamoDB does: those of one item in the order of its changes, those of
 * different items in any order. Until then they are on the disk beside the item, so that a kill loses none.
 *
 * @param lagOf milliseconds by which the next entry of the item is late
 */
export const delayIndexes = (store: Store, lagOf: (item: string) => number): LateIndexes => {
  const write = store.db.batch.bind(store.db);
  const lanes = new Map<string, { dueAt: number; last: Promise<void> }>();
  const waiting = new Set<() => void>();
  let stopped = false;
  let sequence = BigInt(Date.now()) * 1_000_000n;

  const apply = (place: string, entries: BatchOperation[]): Promise<void> =>
    write([...entries, { type: 'del', key: place }]);

  const due = (dueAt: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, stopped ? 0 : Math.max(0, dueAt - performance.now()));
    waiting.add(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(resolve);
    });
  };

  const delay = (lane: string, place: string, entries: BatchOperation[]): void => {
    const before = lanes.get(lane);
    const dueAt = Math.max(before?.dueAt ?? 0, performance.now() + lagOf(lane));
    const last = Promise.all([before?.last, due(dueAt)]).then(() => apply(place, entries));
    const entry = { dueAt, last };
    lanes.set(lane, entry);
    const forget = (): void => {
      if (lanes.get(lane) === entry) lanes.delete(lane);
    };
    last.then(forget, forget);
  };

  const writeItems = async (operations: BatchOperation[]): Promise<void> => {
    const late = Map.groupBy(
      operations.filter(({ key }) => key.startsWith(INDEX)),
      ({ key }) => key.slice(-ITEM_DIGITS),
    );
    const kept = [...late].map(([lane, entries]) => {
      sequence += 1n;
      return { lane, entries, place: `${KEPT}${String(sequence).padStart(24, '0')}` };
    });
    await write([
      ...operations.filter(({ key }) => !key.startsWith(INDEX)),
      ...kept.map(({ place, entries }): BatchOperation => ({ type: 'put', key: place, value: entries })),
    ]);
    for (const { lane, place, entries } of kept) delay(lane, place, entries);
  };

  store.db.batch = (operations, ...callback) =>
    callback.length > 0 ? write(operations, ...callback) : writeItems(operations);
  return {
    stop: async () => {
      stopped = true;
      for (const resolve of waiting) resolve();
      await Promise.all([...lanes.values()].map(({ last }) => last));
    },
  };
};

/** Writes the entries of global indexes that a kill has left behind. */
export const finishIndexes = async ({ db }: Store): Promise<void> => {
  for await (const [place, entries] of db.iterator({ gte: KEPT, lt: `${KEPT}\xff` })) {
    await db.batch([...entriesSchema.parse(entries), { type: 'del', key: place }]);
  }
};
