import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { updateBatched } from '../../../../../lib/repositories/table/batched-updates.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { findRow } from '../../../../../lib/repositories/table/query.ts';
import { useTable } from '../../../../helpers/table.ts';

beforeAll(useTable);

const put = async (attributes: Readonly<Record<string, unknown>> = {}) => {
  const key = { pk: `BATCH#${crypto.randomUUID()}`, sk: 'ROW' };
  await documents().send(
    new PutCommand({ TableName: tableName(), Item: { ...key, number: 1, sum: 10, ...attributes } }),
  );
  return key;
};

const WATCH = 'watch';
/** The sizes of the batches that go out from now on; `answer` stands in for DynamoDB where it gives one. */
const watchBatches = (answer: (size: number) => object | null = () => null): number[] => {
  const sizes: number[] = [];
  documents().middlewareStack.add(
    (next, context) => async (args) => {
      const { input } = args;
      if (context.commandName !== 'BatchExecuteStatementCommand' || !('Statements' in input)) return await next(args);
      const size = input.Statements?.length ?? 0;
      sizes.push(size);
      const output = answer(size);
      return output === null ? await next(args) : { output: { $metadata: {}, ...output }, response: {} };
    },
    { step: 'initialize', name: WATCH },
  );
  return sizes;
};
afterEach(() => void documents().middlewareStack.remove(WATCH));

describe('a batched update', () => {
  it('sets, adds, and asks its conditions', async () => {
    const key = await put();
    const update = { key, set: { number: 2, note: null, deep: { a: [1] } }, add: { sum: 5 } };
    expect(
      await updateBatched({
        ...update,
        when: [
          ['number', '<', 2],
          ['sum', '=', 10],
        ],
      }),
    ).toBeNull();
    const row = { ...key, number: 2, sum: 15, note: null, deep: { a: [1] } };
    expect(await findRow(key)).toEqual(row);
    expect(await updateBatched({ ...update, when: [['number', '<', 2]] })).toEqual({ found: row });
    expect(await updateBatched({ ...update, when: [['sum', '<>', 15]] })).toEqual({ found: row });
    expect(await findRow(key)).toEqual(row);
  });

  it('makes no row where there is none', async () => {
    const key = { pk: `BATCH#${crypto.randomUUID()}`, sk: 'ROW' };
    expect(await updateBatched({ key, set: { number: 2 }, when: [] })).toEqual({ found: null });
    expect(await findRow(key)).toBeNull();
  });

  it('goes out with others, up to 25 at a time, and each has its own answer', async () => {
    const keys = await Promise.all(Array.from({ length: 30 }, (_, number) => put({ number })));
    const sizes = watchBatches();
    const answers = await Promise.all(
      keys.map((key) => updateBatched({ key, set: { sum: 11 }, when: [['number', '<', 10]] })),
    );
    expect(sizes).toEqual([25, 5]);
    expect(answers.map((refused) => refused?.found?.number ?? null)).toEqual(
      keys.map((_, number) => (number < 10 ? null : number)),
    );
  });

  it('waits some milliseconds for others', async () => {
    const keys = [await put(), await put(), await put()];
    const sizes = watchBatches();
    const updates: Promise<unknown>[] = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      for (const key of keys) {
        updates.push(updateBatched({ key, set: { number: 3 }, when: [] }));
        vi.advanceTimersByTime(1);
      }
      expect(sizes).toEqual([]);
      vi.advanceTimersByTime(1);
    } finally {
      vi.useRealTimers();
    }
    await Promise.all(updates);
    expect(sizes).toEqual([3]);
  });

  it('of a row waits for another one of it', async () => {
    const key = await put();
    const sizes = watchBatches();
    await Promise.all(
      [1, 2, 3].map((one) => updateBatched({ key, set: { number: one }, add: { sum: one }, when: [] })),
    );
    expect(sizes).toEqual([1, 1, 1]);
    expect(await findRow(key)).toMatchObject({ sum: 16 });
  });

  it('is asked again when it met a transaction, and fails with what else DynamoDB says', async () => {
    const key = await put();
    let tries = 0;
    const conflict = { Error: { Code: 'TransactionConflict', Message: 'met' } };
    watchBatches(() => (++tries > 2 ? null : { Responses: [conflict] }));
    expect(await updateBatched({ key, set: { number: 7 }, when: [] })).toBeNull();
    expect(tries).toBe(3);
    expect(await findRow(key)).toMatchObject({ number: 7 });
    documents().middlewareStack.remove(WATCH);
    watchBatches(() => ({ Responses: [{ Error: { Code: 'AccessDenied', Message: 'no' } }] }));
    await expect(updateBatched({ key, set: { number: 8 }, when: [] })).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/BATCH#.*AccessDenied: no/),
    });
  });
});
