import type { Attributes, BatchOperation, Store, SubDb } from 'dynalite/db/index.js';

export interface Overlay {
  /** The store as dynalite's actions know it: reads see the writes made here, writes stay here. */
  readonly store: Store;
  /** Everything written here, for one atomic batch on the real store. */
  changes(): BatchOperation[];
}

/**
 * A store that gathers writes instead of making them, so that an item and its index entries, or all items of a
 * transaction, reach the disk as one batch: a kill leaves all of it or nothing. Locks are the caller's business.
 */
export const createOverlay = (base: Store): Overlay => {
  const written = new Map<string, Attributes | undefined>();
  const wrap = (prefix: string, real: SubDb): SubDb => ({
    lock: (_key, run) => run((callback) => callback),
    get: (key, callback) => {
      const full = prefix + key;
      if (!written.has(full)) real.get(key, callback);
      else callback(null, structuredClone(written.get(full)));
    },
    put: (key, value, callback) => {
      written.set(prefix + key, value);
      callback(null);
    },
    del: (key, callback) => {
      written.set(prefix + key, undefined);
      callback(null);
    },
  });
  const store: Store = {
    ...base,
    getItemDb: (table) => wrap(`item-${table}~`, base.getItemDb(table)),
    getIndexDb: (type, table, index) =>
      wrap(`index-${type.toLowerCase()}~${table}~${index}~`, base.getIndexDb(type, table, index)),
  };
  const changes = (): BatchOperation[] =>
    [...written].map(([key, value]) => (value === undefined ? { type: 'del', key } : { type: 'put', key, value }));
  return { store, changes };
};
