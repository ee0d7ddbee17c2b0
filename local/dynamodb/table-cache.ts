import type { Store, Table } from 'dynalite/db/index.js';

export interface CachedStore {
  /** The same store; it reads a table's description once, and not for each operation. */
  readonly store: Store;
  /** To be called around whatever changes a table. */
  forget(): void;
}

/** Remembers the descriptions of tables, which every operation on an item needs. */
export const cacheTables = (base: Store): CachedStore => {
  const tables = new Map<string, Table>();
  const store: Store = {
    ...base,
    getTable: (name, ...rest) => {
      const [checkStatus, callback] = rest.length === 1 ? [true, rest[0]] : rest;
      if (!checkStatus) {
        base.getTable(name, false, callback);
        return;
      }
      const known = tables.get(name);
      if (known) {
        callback(null, known);
        return;
      }
      base.getTable(name, (error, table) => {
        if (!error && table?.TableStatus === 'ACTIVE') tables.set(name, table);
        callback(error, table);
      });
    },
  };
  return { store, forget: () => tables.clear() };
};
