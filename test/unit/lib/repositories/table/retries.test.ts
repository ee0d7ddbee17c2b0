import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { underDeadline } from '../../../../../lib/context/deadline.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { quotaKey } from '../../../../../lib/repositories/table/keys.ts';
import { findRow } from '../../../../../lib/repositories/table/query.ts';
import { eachForItself, pauseBefore } from '../../../../../lib/repositories/table/retries.ts';
import { inTable, transact } from '../../../../../lib/repositories/table/transact.ts';
import { AWS_REQUEST_MS } from '../../../../../lib/settings/aws-client.ts';
import { useTable } from '../../../../helpers/table.ts';

const $metadata = {};
const failed = <E extends Error>(error: E) => Object.assign(error, { cause: new Error('cause') });
const canceled = (...codes: readonly string[]) => {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return failed(new TransactionCanceledException({ message: 'cancelled', $metadata, CancellationReasons }));
};
const conflict = failed(new TransactionConflictException({ message: 'ongoing', $metadata }));
const named = (name: string) => failed(Object.assign(new Error(name), { name }));
type Failed = Required<Parameters<typeof eachForItself.refreshRetryTokenForRetry>[1]>;

/** How often, and for how long, one request is sent that fails with the same error for ever. */
const triesOf = async (error: Failed['error'], errorType: Failed['errorType']) => {
  const started = performance.now();
  let token = await eachForItself.acquireInitialRetryToken('table');
  for (let tries = 1; ; tries += 1) {
    try {
      token = await eachForItself.refreshRetryTokenForRetry(token, { error, errorType });
    } catch {
      return { tries, lasted: performance.now() - started };
    }
    vi.advanceTimersByTime(token.getRetryDelay() + 5);
  }
};

describe('a request that the table does not decide', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['throttling', 12, named('ThrottlingException'), 'THROTTLING'],
    ['a connection that fails', 12, named('TimeoutError'), 'TRANSIENT'],
    ['a plain write in conflict', 20, conflict, 'CLIENT_ERROR'],
    ['a transaction in conflict', 20, canceled('None', 'TransactionConflict'), 'CLIENT_ERROR'],
    ['a transaction that is throttled', 12, canceled('ThrottlingError'), 'CLIENT_ERROR'],
  ] as const)('is tried again: %s, for %i s', async (_what, seconds, error, errorType) => {
    for (const { tries, lasted } of [await triesOf(error, errorType), await triesOf(error, errorType)]) {
      expect(tries).toBeGreaterThan(4);
      expect(lasted).toBeGreaterThanOrEqual(seconds * 1_000);
      expect(lasted).toBeLessThan(seconds * 1_000 + 2_010);
    }
  });

  it('is not tried again when a try could outlast the function', async () => {
    const stoppedAt = performance.now() + 9_000;
    const tries = underDeadline((_event: unknown, _clock: object) => triesOf(named('TimeoutError'), 'TRANSIENT'));
    const { lasted } = await tries(null, { getRemainingTimeInMillis: () => stoppedAt - performance.now() });
    expect(lasted).toBeGreaterThan(1_000);
    expect(lasted).toBeLessThanOrEqual(9_000 - AWS_REQUEST_MS + 5);
  });

  it.each([
    ['a request that is wrong itself', named('ValidationException')],
    ['a transaction that a condition refuses', canceled('TransactionConflict', 'ConditionalCheckFailed')],
    ['a transaction with an item that is too large', canceled('ValidationError')],
  ])('is told from one that is decided: %s', async (_what, error) => {
    expect((await triesOf(error, 'CLIENT_ERROR')).tries).toBe(1);
  });
});

describe('the pause before a request is tried again', () => {
  const most = (why: 'conflict' | 'busy', tries: number, ageMs: number, tookMs = 3): number =>
    Math.max(...Array.from({ length: 400 }, () => pauseBefore({ why, tries, ageMs, tookMs }) ?? 0));

  it('grows from try to try, to 2 s while the table is busy and to 1 s after conflicts', () => {
    expect(most('busy', 1, 0)).toBeLessThan(100);
    expect(most('busy', 9, 0)).toBeGreaterThan(1_500);
    expect(most('busy', 9, 0)).toBeLessThanOrEqual(2_000);
    expect(most('conflict', 1, 0)).toBeLessThan(32);
    expect(most('conflict', 9, 0)).toBeGreaterThan(700);
    expect(most('conflict', 9, 0)).toBeLessThanOrEqual(1_000);
  });

  it('shrinks with the age of a request that meets others', () => {
    expect(most('conflict', 9, 1_250)).toBeLessThanOrEqual(500);
    expect(most('conflict', 9, 5_000)).toBeLessThanOrEqual(9);
  });

  it('is longer where tries take long, and still shrinks with the age', () => {
    expect(most('conflict', 9, 0, 48)).toBeGreaterThan(3_000);
    expect(most('conflict', 9, 0, 48)).toBeLessThanOrEqual(4_000);
    expect(most('conflict', 9, 5_000, 48)).toBeGreaterThan(1_500);
    expect(most('conflict', 9, 5_000, 48)).toBeLessThanOrEqual(2_000);
    expect(most('conflict', 9, 10_000, 48)).toBeGreaterThan(110);
    expect(most('conflict', 9, 10_000, 48)).toBeLessThanOrEqual(144);
    expect(most('conflict', 20, 0, 10_000)).toBeLessThanOrEqual(8_000);
    expect(most('conflict', 20, 20_000 - 1, 10_000)).toBeLessThanOrEqual(1_000);
  });
});

describe('many writers of one row', () => {
  it('all write, with plain writes and with transactions', async () => {
    const table = await useTable();
    const Key = quotaKey(crypto.randomUUID());
    const update = {
      Key,
      UpdateExpression: 'ADD hits :one',
      ExpressionAttributeValues: { ':one': 1 },
    };
    table.setConflictWindow(5);
    try {
      await Promise.all(
        Array.from({ length: 24 }, (_, index) =>
          index % 2 === 0
            ? transact([{ Update: { ...inTable(), ...update } }])
            : documents().send(new UpdateCommand({ TableName: tableName(), ...update })),
        ),
      );
    } finally {
      table.setConflictWindow(0);
    }
    expect(await findRow(Key)).toMatchObject({ hits: 24 });
  });
});
