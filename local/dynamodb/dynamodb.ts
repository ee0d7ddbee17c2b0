import type { Store } from 'dynalite/db/index.js';
import { AwsError } from '../http/aws-error.ts';
import { listenAwsJson } from '../http/aws-json.ts';
import { type Logger, quietLogger } from '../log.ts';
import { type ChangeStream, keepChanges, type StreamOptions } from './change-stream.ts';
import { expireItems, finishTables } from './expiry.ts';
import { closeIterators } from './iterators.ts';
import { rememberExpressions } from './known-expressions.ts';
import { delayIndexes, finishIndexes } from './late-indexes.ts';
import { createLocks, type Locks } from './locks.ts';
import { openStore } from './open-store.ts';
import { checkInput, isOperation, runOperation } from './operations.ts';
import { executeBatch } from './statements.ts';
import { cacheTables } from './table-cache.ts';
import { tableOperations } from './tables.ts';
import { isAboutData, type Throttle } from './throttles.ts';
import { createTokenGuard, transactGet, transactWrite } from './transactions.ts';
import { writeBatch, writeItem } from './writes.ts';

const EXPIRY_INTERVAL_MS = 60_000;

export interface DynamodbOptions {
  /** Where the data is kept; null keeps it in memory. */
  readonly folder: string | null;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** @default 0, any free port */
  readonly port?: number;
  readonly log?: Logger;
  /** Keeps a table's changes for their reader. @default none are kept */
  readonly stream?: StreamOptions;
  /** Looks at each request that reads or writes items. @default none is refused */
  readonly throttle?: Throttle;
  /** Milliseconds by which the next index entry of an item is late. @default none is */
  readonly indexLagMs?: (item: string) => number;
}

export interface Dynamodb {
  readonly endpoint: string;
  /** Deletes what is past its time to live now, instead of within a minute; answers how many items. */
  expire(): Promise<number>;
  /**
   * From now on each transaction is in flight for so many milliseconds before it writes. DynamoDB's take some 8 to 15.
   * @default 0: until the event loop's next turn
   */
  setConflictWindow(milliseconds: number): void;
  /** The changes of the table that are kept; null when none are. */
  readonly changes: ChangeStream | null;
  stop(): Promise<void>;
}

/** CreateTable, answered once the table can be used. */
const createTable = async (store: Store, input: unknown): Promise<unknown> => {
  const answer = await runOperation(store, 'CreateTable', checkInput(store, 'CreateTable', input));
  await finishTables(store);
  return answer;
};

/** An operation that dynalite does as it is. */
const other = async (store: Store, operation: string, input: unknown): Promise<unknown> => {
  if (!isOperation(operation)) {
    throw new AwsError('com.amazon.coral.service#UnknownOperationException', `${operation} is not part of this stack.`);
  }
  return runOperation(store, operation, checkInput(store, operation, input));
};

type Handle = (operation: string, input: unknown, bytes: number) => Promise<unknown>;

const tableChanges: ReadonlySet<string> = new Set(['CreateTable', 'UpdateTable', 'DeleteTable']);

const createHandle = (base: Store, locks: Locks): Handle => {
  const { store, forget } = cacheTables(base);
  const changeTable = async (operation: string, input: unknown): Promise<unknown> => {
    forget();
    try {
      return operation === 'CreateTable' ? await createTable(base, input) : await other(base, operation, input);
    } finally {
      forget();
    }
  };
  const guard = createTokenGuard(Date.now);
  return async (operation, input, bytes) => {
    if (tableChanges.has(operation)) return changeTable(operation, input);
    switch (operation) {
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return writeItem(store, locks, operation, input);
      case 'BatchWriteItem':
        return writeBatch(store, locks, input);
      case 'BatchExecuteStatement':
        return executeBatch(store, locks, input);
      case 'TransactWriteItems':
        return guard(input, () => transactWrite(store, locks, input, bytes));
      case 'TransactGetItems':
        return transactGet(store, locks, input);
    }
    const about = Object.hasOwn(tableOperations, operation) ? tableOperations[operation] : undefined;
    if (about) return about(store, input);
    return other(store, operation, input);
  };
};

/**
 * Starts the embedded DynamoDB: dynalite's storage and expressions, with transactions and their conflicts, old items in
 * refusals and time to live added. Fails when the folder is in use or cannot be written, or when the port is taken.
 */
export const startDynamodb = async (options: DynamodbOptions): Promise<Dynamodb> => {
  const { folder, host = '127.0.0.1', port = 0, log = quietLogger } = options;
  const store = await openStore(folder, log);
  closeIterators(store);
  rememberExpressions();
  await finishTables(store);
  await finishIndexes(store);
  const { throttle, indexLagMs } = options;
  const indexes = indexLagMs === undefined ? null : delayIndexes(store, indexLagMs);
  const changes = options.stream === undefined ? null : keepChanges(store, options.stream);
  const locks = createLocks();
  const expire = (): Promise<number> => expireItems(store, locks, Math.floor(Date.now() / 1000));
  const run = createHandle(store, locks);
  const handle: Handle = async (operation, input, bytes) => {
    const refusal = isAboutData(operation) ? throttle?.(operation, input) : null;
    if (refusal) throw refusal;
    return await run(operation, input, bytes);
  };
  const server = await listenAwsJson({ host, port, targetPrefix: 'DynamoDB_20120810', handle, log });
  const timer = setInterval(() => {
    expire().catch((error: unknown) => log.error('expiry failed', error));
  }, EXPIRY_INTERVAL_MS);
  timer.unref();
  return {
    endpoint: server.endpoint,
    expire,
    setConflictWindow: locks.setWindow,
    changes,
    stop: async () => {
      clearInterval(timer);
      await server.stop();
      await indexes?.stop();
      await store.db.close();
    },
  };
};
