import type { StreamRecord } from '../dynamodb/change-stream.ts';
import { namedBy, refusalOf, type Throttle } from '../dynamodb/throttles.ts';
import { isObject } from '../json.ts';
import type { Delivery } from '../lambda/event-source.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Hostility } from './hostility.ts';

/** One of so many partition keys, and of so many indexes, is asked too much. */
const HOT_KEYS = 8;
const HOT_INDEXES = 2;
/** How many times as often requests that name one are throttled. */
const HOT_FACTOR = 4;
/** Shards of the table's stream, which are read side by side. */
const SHARDS = 3;

const named = (input: unknown, field: string): string | null =>
  isObject(input) && typeof input[field] === 'string' ? input[field] : null;

/** Throttles a share of all requests, and a larger one of those that name a hot partition key or read a hot index. */
export const hostileThrottle =
  (hostility: Hostility, partitionKey: string): Throttle =>
  (operation, input) => {
    const index = named(input, 'IndexName');
    const isHot =
      (index !== null && hostility.isOneOf(`index ${index}`, HOT_INDEXES)) ||
      namedBy(input, partitionKey).some((key) => hostility.isOneOf(`key ${key}`, HOT_KEYS));
    const site = `table ${operation}`;
    return hostility.hits(site, isHot ? HOT_FACTOR : 1)
      ? refusalOf(operation, input, () => hostility.draw(site))
      : null;
  };

/** Throttles a share of the invocations that a caller waits for. */
export const hostileInvoke =
  (hostility: Hostility, invoke: Lambda['invoke']): Lambda['invoke'] =>
  async (functionKey, payload) => {
    if (!hostility.hits(`calls of ${functionKey}`)) return await invoke(functionKey, payload);
    throw Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
  };

/** Hands over the records of one shard at a time, late, and some of them twice. */
export const hostileDelivery = (hostility: Hostility, partitionKey: string): Delivery => {
  const shardOf = ({ record }: StreamRecord): number => {
    const keys = isObject(record.dynamodb) ? record.dynamodb.Keys : null;
    const key = JSON.stringify(isObject(keys) ? keys[partitionKey] : null);
    return (
      Array.from({ length: SHARDS - 1 }, (_, shard) => shard).find((shard) =>
        hostility.isOneOf(`shard ${shard} of ${key}`, SHARDS - shard),
      ) ?? SHARDS - 1
    );
  };
  return {
    pick: (records) => {
      const shards = [...new Set(records.map(shardOf))];
      const next = shards[Math.floor(hostility.draw('shards') * shards.length)];
      return records.filter((record) => shardOf(record) === next);
    },
    lag: () => hostility.lag('stream'),
    isRepeated: () => hostility.hits('repeats of the stream', 4),
  };
};
