/** The parts of dynalite the embedded DynamoDB is built from. */
declare module 'dynalite/db/index.js' {
  export type Attributes = Record<string, Record<string, unknown>>;
  export interface Table {
    readonly TableName: string;
    TableStatus: string;
    readonly TableArn?: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    GlobalSecondaryIndexes?: { IndexStatus?: string }[];
  }
  export interface ServiceFailure extends Error {
    readonly statusCode?: number;
    readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
  }
  export type Callback<T> = (error: ServiceFailure | null, value?: T) => void;
  export type Release = <T>(callback: Callback<T>) => Callback<T>;
  export interface SubDb {
    lock(key: string, run: (release: Release) => void): void;
    get(key: string, callback: Callback<Attributes>): void;
    put(key: string, value: Attributes, callback: Callback<void>): void;
    del(key: string, callback: Callback<void>): void;
  }
  export type BatchOperation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };
  export interface LevelIterator {
    next(): Promise<unknown>;
    close(): Promise<void>;
    return?(): Promise<void>;
  }
  export interface Store {
    readonly options: { readonly maxItemSize: number };
    readonly db: {
      open(): Promise<void>;
      close(): Promise<void>;
      get(key: string): Promise<unknown>;
      put(key: string, value: unknown): Promise<void>;
      del(key: string): Promise<void>;
      /** dynalite's own calls come with a callback. */
      batch(operations: BatchOperation[], ...callback: readonly unknown[]): Promise<void>;
      keys(range: object): LevelIterator;
      values(range: object): LevelIterator;
      iterator(range: { gte: string; lt: string }): AsyncIterable<[string, unknown]>;
    };
    getItemDb(tableName: string): SubDb;
    getIndexDb(indexType: string, tableName: string, indexName: string): SubDb;
    /** With `false` a table is answered in any of its states. */
    getTable(name: string, ...rest: [Callback<Table>] | [boolean, Callback<Table>]): void;
  }
  interface Db {
    create(options: { path?: string; createTableMs: number; deleteTableMs: number; updateTableMs: number }): Store;
    createKey(item: Attributes, table: Table): string;
    validateKey(key: Attributes, table: Table): ServiceFailure | null | undefined;
    validateItem(item: Attributes, table: Table): ServiceFailure | null | undefined;
    checkConditional(data: object, item: Attributes | undefined): ServiceFailure | null | undefined;
  }
  const db: Db;
  export default db;
}

declare module 'dynalite/db/conditionParser.js' {
  export interface Parsing {
    readonly attrNames?: Readonly<Record<string, string>> | undefined;
    readonly attrVals?: Readonly<Record<string, object>> | undefined;
    /** What no expression of the request has had yet. */
    readonly unusedAttrNames: Record<string, true>;
    readonly unusedAttrVals: Record<string, true>;
  }
  /** Answers what is wrong with an expression as text. @throws SyntaxError it is none */
  export type Parse = (text: string, options: { readonly context: Parsing }) => unknown;
  export interface Parser {
    parse: Parse;
  }
  const parser: Parser;
  export default parser;
}

declare module 'dynalite/db/updateParser.js' {
  import type { Parser } from 'dynalite/db/conditionParser.js';

  const parser: Parser;
  export default parser;
}

declare module 'dynalite/validations/index.js' {
  import type { Store } from 'dynalite/db/index.js';

  const validations: {
    checkTypes(data: unknown, types: object): Record<string, unknown>;
    checkValidations(data: object, types: object, custom: unknown, store: Store): void;
  };
  export default validations;
}

declare module 'dynalite/actions/*' {
  import type { Callback, Store } from 'dynalite/db/index.js';

  const action: (store: Store, data: object, callback: Callback<Record<string, unknown>>) => void;
  export default action;
}

declare module 'dynalite/validations/*' {
  const validation: { readonly types: object; readonly custom: unknown };
  export default validation;
}
