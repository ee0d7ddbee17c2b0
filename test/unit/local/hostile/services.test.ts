import { describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../../../local/dynamodb/change-stream.ts';
import { createHostility } from '../../../../local/hostile/hostility.ts';
import { hostileDelivery, hostileInvoke, hostileThrottle } from '../../../../local/hostile/services.ts';

const TRIES = 2_000;
const SHARE = 0.05;
const hostility = createHostility({ seed: 11, share: SHARE });
const throttle = hostileThrottle(hostility, 'pk');

const shareOf = (isHit: () => boolean): number =>
  Array.from({ length: TRIES }, isHit).filter((hit) => hit).length / TRIES;
const get = (pk: string) => ({ TableName: 'T', Key: { pk: { S: pk }, sk: { S: 'LB' } } });
const isHot = (pk: string) => hostility.isOneOf(`key ${JSON.stringify({ S: pk })}`, 8);
const keys = Array.from({ length: 100 }, (_none, number) => `LB#${number}`);
const [hot = ''] = keys.filter(isHot);
const [cold = ''] = keys.filter((key) => !isHot(key));

describe('the table', () => {
  test('throttles a share of the requests, and a larger one for a hot partition key', () => {
    expect(shareOf(() => throttle('GetItem', get(cold)) !== null)).toBeCloseTo(SHARE, 1);
    expect(shareOf(() => throttle('GetItem', get(hot)) !== null)).toBeCloseTo(4 * SHARE, 1);
    const query = { ExpressionAttributeValues: { ':pk': { S: hot } } };
    expect(shareOf(() => throttle('Query', query) !== null)).toBeGreaterThan(2 * SHARE);
  });

  test('throttles one of its indexes more than the others', () => {
    const shares = ['by_project', 'by_type', 'by_work', 'by_a', 'by_b', 'by_c'].map((IndexName) =>
      shareOf(() => throttle('Query', { IndexName }) !== null),
    );
    expect(Math.max(...shares)).toBeGreaterThan(2 * SHARE);
    expect(Math.min(...shares)).toBeLessThan(2 * SHARE);
  });

  test('names the item that cancelled a transaction, or refuses it as a whole', () => {
    const TransactItems = [{ Put: { Item: { pk: { S: hot } } } }, { Update: get(cold) }];
    const refusals = Array.from({ length: TRIES }, () => throttle('TransactWriteItems', { TransactItems })).filter(
      (refusal) => refusal !== null,
    );
    const codes = refusals.map(({ fields }) => JSON.stringify(fields.CancellationReasons ?? null));
    expect(codes).toContain('null');
    for (const reasons of [
      '[{"Code":"ThrottlingError","Message":"Rate exceeded"},{"Code":"None"}]',
      '[{"Code":"None"},{"Code":"TransactionConflict","Message":"Rate exceeded"}]',
    ])
      expect(codes).toContain(reasons);
    expect(new Set(refusals.map(({ type }) => type.split('#')[1]))).toEqual(
      new Set([
        'TransactionCanceledException',
        'ProvisionedThroughputExceededException',
        'ThrottlingException',
        'RequestLimitExceeded',
      ]),
    );
  });
});

test('a share of the invocations that a caller waits for is throttled, and the others are made', async () => {
  const made: string[] = [];
  const invoke = hostileInvoke(hostility, async (key) => made.push(key));
  const outcomes = await Promise.allSettled(Array.from({ length: TRIES }, () => invoke('F', {})));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length / TRIES).toBeCloseTo(SHARE, 1);
  expect(made).toHaveLength(TRIES - refused.length);
  expect(new Set(refused.map(({ reason }) => reason.name))).toEqual(new Set(['Lambda.TooManyRequestsException']));
});

test('records of one shard come in their order, those of different shards side by side', () => {
  const records = keys.map((pk, number): StreamRecord => {
    const record = { dynamodb: { Keys: { pk: { S: pk } } } };
    return { place: String(number), sequence: String(number), writtenAt: 0, record };
  });
  const delivery = hostileDelivery(hostility, 'pk');
  let left: readonly StreamRecord[] = records;
  const batches: (readonly StreamRecord[])[] = [];
  while (left.length > 0) {
    const batch = delivery.pick(left);
    expect(batch).toEqual(left.filter((record) => batch.includes(record)));
    batches.push(batch);
    left = left.filter((record) => !batch.includes(record));
  }
  expect(batches).toHaveLength(3);
});
