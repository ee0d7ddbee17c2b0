import { afterEach, expect, test } from 'vitest';
import type { StreamSource } from '../../../../local/definitions/events.ts';
import type { ChangeStream, StreamRecord } from '../../../../local/dynamodb/change-stream.ts';
import { isObject, type Json } from '../../../../local/json.ts';
import { type Delivery, type EventSource, startEventSource } from '../../../../local/lambda/event-source.ts';
import { quietLogger } from '../../../../local/log.ts';

const source: StreamSource = {
  batchSize: 4,
  patterns: [],
  bisects: true,
  reportsFailures: true,
  maximumRetryAttempts: null,
  maximumRecordAge: null,
};

const recordOf = (sequence: number, writtenAt = Date.now()): StreamRecord => ({
  place: String(sequence),
  sequence: String(sequence),
  writtenAt,
  record: { eventName: 'MODIFY', dynamodb: { SequenceNumber: String(sequence) } },
});

const createStream = (...records: StreamRecord[]) => {
  let kept = [...records];
  let listener = (): void => {};
  const stream: ChangeStream = {
    read: async (limit) => kept.slice(0, limit),
    forget: async (gone) => {
      kept = kept.filter(({ place }) => !gone.some((one) => one.place === place));
    },
    onRecord: (callback) => {
      listener = callback;
    },
  };
  const add = (record: StreamRecord): void => {
    kept.push(record);
    listener();
  };
  return { stream, add, kept: () => kept.map(({ sequence }) => Number(sequence)) };
};

const sequencesIn = (payload: unknown): number[] => {
  const records = isObject(payload) && Array.isArray(payload.Records) ? payload.Records : [];
  return records.map((record: { dynamodb: { SequenceNumber: string } }) => Number(record.dynamodb.SequenceNumber));
};

let running: EventSource | null = null;
afterEach(() => running?.stop());

/** Runs a mapping; answers the batches it has handed over. */
const run = (
  stream: ChangeStream,
  changes: Partial<StreamSource>,
  answer: (batch: readonly number[]) => Json,
  delivery?: Delivery,
): readonly number[][] => {
  const batches: number[][] = [];
  running = startEventSource({
    stream,
    source: { ...source, ...changes },
    functionKey: 'Reader',
    ...(delivery && { delivery }),
    log: quietLogger,
    invoke: async (_key, payload) => {
      const batch = sequencesIn(payload);
      batches.push(batch);
      return answer(batch);
    },
  });
  return batches;
};

const failed = (sequence: number): Json => ({ batchItemFailures: [{ itemIdentifier: String(sequence) }] });

test('records are handed over in batches, in order, and forgotten', async () => {
  const { stream, kept } = createStream(...[1, 2, 3, 4, 5].map((n) => recordOf(n)));
  const batches = run(stream, {}, () => ({ batchItemFailures: [] }));
  await expect.poll(() => kept()).toEqual([]);
  expect(batches).toEqual([[1, 2, 3, 4], [5]]);
});

test('what is written later is handed over too', async () => {
  const { stream, add, kept } = createStream();
  const batches = run(stream, {}, () => null);
  await expect.poll(() => batches).toEqual([]);
  add(recordOf(9));
  await expect.poll(() => batches).toEqual([[9]]);
  await expect.poll(() => kept()).toEqual([]);
});

test('from the first that failed on they are handed over again', async () => {
  const { stream, kept } = createStream(...[1, 2, 3].map((n) => recordOf(n)));
  let refusals = 1;
  const batches = run(stream, {}, () => {
    refusals -= 1;
    return refusals >= 0 ? failed(2) : null;
  });
  await expect.poll(() => kept()).toEqual([]);
  expect(batches).toEqual([
    [1, 2, 3],
    [2, 3],
  ]);
});

test('after an error half as many are tried, until the one at fault is alone', async () => {
  const { stream, kept } = createStream(...[1, 2, 3, 4].map((n) => recordOf(n)));
  const batches = run(stream, { maximumRetryAttempts: 3 }, (batch) => {
    if (batch.includes(1)) throw new Error('no');
    return null;
  });
  await expect.poll(() => kept()).toEqual([]);
  expect(batches.slice(0, 3)).toEqual([[1, 2, 3, 4], [1, 2], [1]]);
  expect(batches.flat().filter((n) => n === 2)).toHaveLength(3);
});

test('what is too old is given up, and the rest is not', async () => {
  const { stream, kept } = createStream(recordOf(1, Date.now() - 60_000), recordOf(2));
  const batches = run(stream, { maximumRecordAge: 30 }, (batch) => (batch.includes(1) ? failed(1) : null));
  await expect.poll(() => kept()).toEqual([]);
  expect(batches).toEqual([[1, 2], [2]]);
});

test('records that fit no pattern are forgotten without being handed over', async () => {
  const { stream, kept } = createStream(recordOf(1));
  const batches = run(stream, { patterns: [{ eventName: ['INSERT'] }] }, () => null);
  await expect.poll(() => kept()).toEqual([]);
  expect(batches).toEqual([]);
});

test('a repeated batch comes again, and records of another shard come when they are picked', async () => {
  const { stream, kept } = createStream(...[1, 2, 3, 4].map((n) => recordOf(n)));
  const repeats = [true, false, false];
  const delivery: Delivery = {
    pick: (records) => {
      const even = records.filter(({ sequence }) => Number(sequence) % 2 === 0);
      return even.length > 0 ? even : records;
    },
    lag: () => 1,
    isRepeated: () => repeats.shift() ?? false,
  };
  const batches = run(stream, {}, () => ({ batchItemFailures: [] }), delivery);
  await expect.poll(() => kept()).toEqual([]);
  expect(batches).toEqual([
    [2, 4],
    [2, 4],
    [1, 3],
  ]);
});
