import type { StreamSource } from '../definitions/events.ts';
import type { ChangeStream, StreamRecord } from '../dynamodb/change-stream.ts';
import { isObject, type Json } from '../json.ts';
import type { Logger } from '../log.ts';
import { matchesPattern } from '../scheduler/pattern.ts';

export interface EventSourceOptions {
  readonly stream: ChangeStream;
  readonly source: StreamSource;
  readonly functionKey: string;
  readonly invoke: (functionKey: string, payload: unknown) => Promise<Json>;
  readonly log: Logger;
  /** @default at once, all of them, and once */
  readonly delivery?: Delivery;
}

/** How badly records are delivered, within what Lambda promises. */
export interface Delivery {
  /** Those of one shard, in their order. */
  pick(records: readonly StreamRecord[]): readonly StreamRecord[];
  /** Milliseconds by which the next batch is late. */
  lag(): number;
  /** Whether a batch that was dealt with comes again. */
  isRepeated(): boolean;
}

export interface EventSource {
  /** Hands nothing over any more; answers once the function is done with what it has. */
  stop(): Promise<void>;
}

/** Lambda looks at each shard four times a second. */
const LOOK_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** The first record the function could not deal with; null when there is none. */
const firstFailure = (answer: Json): string | null => {
  if (!isObject(answer) || !Array.isArray(answer.batchItemFailures)) return null;
  const [first] = answer.batchItemFailures;
  return isObject(first) ? String(first.itemIdentifier) : null;
};

/** True when one of the patterns fits the record, or there is none. */
export const wantsRecord = ({ patterns }: Pick<StreamSource, 'patterns'>, record: Json): boolean =>
  patterns.length === 0 || patterns.some((pattern) => matchesPattern(record, pattern));

/**
 * Hands a stream's records to a function, as Lambda's event source mapping does: in order, in batches, again from the
 * first that failed on, half of them after an error, and each of them until it is dealt with or too old.
 */
export const startEventSource = (options: EventSourceOptions): EventSource => {
  const { stream, source, functionKey, invoke, log, delivery } = options;
  let stopped = false;
  /** Something was written since the last look. */
  let fresh = true;
  let endPause = (): void => {};
  let idle = false;
  stream.onRecord(() => {
    fresh = true;
    if (idle) endPause();
  });
  let size = source.batchSize;
  let attempts = 0;

  const isOver = ({ writtenAt }: StreamRecord): boolean => {
    const tooOld = source.maximumRecordAge !== null && Date.now() - writtenAt > source.maximumRecordAge * 1000;
    return tooOld || (source.maximumRetryAttempts !== null && attempts > source.maximumRetryAttempts);
  };

  /** How many of the records the function has dealt with. */
  const handOver = async (records: readonly StreamRecord[]): Promise<number> => {
    const Records = records.map(({ record }) => record);
    const failed = firstFailure(await invoke(functionKey, { Records }));
    if (failed === null || !source.reportsFailures) return records.length;
    return Math.max(
      0,
      records.findIndex(({ sequence }) => sequence === failed),
    );
  };

  const giveUp = async (records: readonly StreamRecord[]): Promise<void> => {
    const over = records.filter(isOver);
    if (over.length === 0) return;
    log.error(`${functionKey}: given up`, { sequences: over.map(({ sequence }) => sequence) });
    await stream.forget(over);
  };

  const pause = async (milliseconds: number): Promise<void> => {
    if (stopped || milliseconds === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    endPause = resolve;
    await promise;
    clearTimeout(timer);
  };

  /** @returns true when there is nothing to wait for */
  const round = async (): Promise<boolean> => {
    const found = await stream.read(size);
    if (found.length === 0) return false;
    const records = delivery?.pick(found) ?? found;
    await pause(delivery?.lag() ?? 0);
    const wanted = records.filter(({ record }) => wantsRecord(source, record));
    let done = 0;
    try {
      done = wanted.length === 0 ? 0 : await handOver(wanted);
    } catch (error) {
      log.error(`${functionKey} failed`, error);
      if (source.bisects && wanted.length > 1) {
        // Halving is no attempt yet.
        size = Math.floor(wanted.length / 2);
        return true;
      }
    }
    if (done === wanted.length) {
      if (delivery?.isRepeated()) return true;
      await stream.forget(records);
      [size, attempts] = [source.batchSize, 0];
      return true;
    }
    await stream.forget(wanted.slice(0, done));
    attempts = done === 0 ? attempts + 1 : 1;
    await giveUp(wanted.slice(done));
    return false;
  };

  /** After a failure for longer and longer, else until something is written. */
  const rest = async (): Promise<void> => {
    if (attempts > 0) return await pause(Math.min(LONGEST_PAUSE_MS, LOOK_MS * 2 ** attempts));
    idle = true;
    if (!fresh) await pause(LONGEST_PAUSE_MS);
    idle = false;
    await pause(LOOK_MS);
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      fresh = false;
      try {
        if (await round()) continue;
      } catch (error) {
        log.error(`${functionKey}: the stream cannot be read`, error);
        attempts += 1;
      }
      await rest();
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped = true;
      endPause();
      await running;
    },
  };
};
