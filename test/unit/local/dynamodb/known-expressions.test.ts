import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents, tableName } from '../../../../lib/repositories/table/client.ts';
import { useTable } from '../../../helpers/table.ts';

beforeAll(useTable);

type Values = Readonly<Record<string, unknown>>;

/** A row of its own, and expressions about it. */
const row = async (attributes: Values) => {
  const Key = { pk: randomUUID(), sk: 'A' };
  await documents().send(new PutCommand({ TableName: tableName(), Item: { ...Key, ...attributes } }));
  return {
    pk: Key.pk,
    read: async () => (await documents().send(new GetCommand({ TableName: tableName(), Key }))).Item,
    update: async (
      UpdateExpression: string,
      values: Values,
      { ConditionExpression, names }: { ConditionExpression?: string; names?: Readonly<Record<string, string>> } = {},
    ) => {
      await documents().send(
        new UpdateCommand({
          TableName: tableName(),
          Key,
          UpdateExpression,
          ConditionExpression,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        }),
      );
    },
  };
};

describe('an expression that comes again', () => {
  it('has the values it came with', async () => {
    const one = await row({ weight: 1 });
    for (const [now, next] of [
      [1, 2],
      [2, { a: [3] }],
    ]) {
      await one.update('SET weight = :next', { ':next': next, ':now': now }, { ConditionExpression: 'weight = :now' });
    }
    expect(await one.read()).toMatchObject({ weight: { a: [3] } });
    await expect(
      one.update('SET weight = :next', { ':next': 9, ':now': 8 }, { ConditionExpression: 'weight = :now' }),
    ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  it('is about the attributes it came with', async () => {
    const one = await row({});
    for (const name of ['first', 'second'])
      await one.update('SET #it = :v', { ':v': name }, { names: { '#it': name } });
    expect(await one.read()).toMatchObject({ first: 'first', second: 'second' });
  });

  it('is refused for a value of another type', async () => {
    const one = await row({ weight: 1, list: [] });
    await one.update('SET weight = weight + :by', { ':by': 4 });
    await expect(one.update('SET weight = weight + :by', { ':by': 'four' })).rejects.toThrow('operand type: S');
    await one.update('SET weight = weight + :by', { ':by': 5 });
    expect(await one.read()).toMatchObject({ weight: 10 });
  });

  it('is refused for a range that is none', async () => {
    const one = await row({ weight: 1 });
    const between = (from: number, to: number) =>
      one.update(
        'SET weight = :v',
        { ':v': 1, ':from': from, ':to': to },
        { ConditionExpression: 'weight BETWEEN :from AND :to' },
      );
    await between(0, 2);
    await expect(between(2, 0)).rejects.toThrow('upper bound to be greater');
  });

  it('is refused for what it does not use', async () => {
    const one = await row({});
    await one.update('SET a = :a', { ':a': 1 });
    for (let time = 0; time < 2; time += 1) {
      await expect(one.update('SET a = :a', { ':a': 1, ':b': 2 })).rejects.toThrow('unused in expressions: keys: {:b}');
      await expect(one.update('SET a = :a', { ':a': 1 }, { names: { '#n': 'x' } })).rejects.toThrow('keys: {#n}');
    }
  });

  it('is refused for what it lacks', async () => {
    const one = await row({});
    await one.update('SET a = :a', { ':a': 1 });
    await expect(one.update('SET a = :a', { ':b': 1 })).rejects.toThrow('attribute value: :a');
  });

  it('finds rows of another key, also with the key on its right', async () => {
    const rows = [await row({ name: 'one' }), await row({ name: 'two' })];
    const found = rows.map(async ({ pk }) => {
      const { Items = [] } = await documents().send(
        new QueryCommand({
          TableName: tableName(),
          KeyConditionExpression: ':pk = pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': pk, ':sk': 'A' },
        }),
      );
      return Items.map(({ name }) => name);
    });
    expect(await Promise.all(found)).toEqual([['one'], ['two']]);
  });
});
