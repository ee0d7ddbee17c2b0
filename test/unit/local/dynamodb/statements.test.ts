import { BatchExecuteStatementCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../../../lib/repositories/table/client.ts';
import { useTable } from '../../../helpers/table.ts';

beforeAll(useTable);

const SET = 'UPDATE "deploy-worker" SET "a" = ? WHERE "pk" = ? AND "sk" = ?';
const batch = (...statements: readonly (readonly [text: string, ...parameters: readonly unknown[]])[]) =>
  documents().send(
    new BatchExecuteStatementCommand({
      Statements: statements.map(([Statement, ...Parameters]) => ({ Statement, Parameters: [...Parameters] })),
    }),
  );

// What updates do is a matter of test/unit/lib/repositories/table/batched-updates.test.ts.
describe('a batch of statements', () => {
  it('is refused as AWS refuses it: the same row twice, nothing, more than 25, too few or too many parameters', async () => {
    const twice = batch([SET, 1, 'x', 'y'], [SET, 2, 'x', 'y']);
    await expect(twice).rejects.toThrow('Provided list of item keys contains duplicates');
    await expect(batch()).rejects.toThrow('1 to 25');
    const rows = Array.from({ length: 26 }, (_, number) => [SET, 1, 'x', `${number}`] as const);
    await expect(batch(...rows)).rejects.toThrow('1 to 25');
    await expect(batch([SET, 1, 'x'])).rejects.toThrow();
    await expect(batch([SET, 1, 'x', 'y', 'z'])).rejects.toThrow('Number of parameters');
  });

  it('is refused when it is anything but an update, by its text', async () => {
    for (const text of ['SELECT * FROM "deploy-worker"', `${SET} OR "a" = ?`, `${SET} AND "a" IN [?]`]) {
      await expect(batch([text, 1, 'x', 'y', 2])).rejects.toThrow('This stack knows no');
    }
  });

  it('says of each statement alone what is wrong with it', async () => {
    const key = { pk: 'KEY', sk: crypto.randomUUID() };
    const { Responses = [] } = await batch(
      ['UPDATE "deploy-worker" SET "pk" = ? WHERE "pk" = ? AND "sk" = ?', 'other', key.pk, key.sk],
      [SET, 1, 'x', key.sk],
    );
    expect(Responses.map((response) => response.Error?.Code)).toEqual(['ValidationError', 'ConditionalCheckFailed']);
  });
});
