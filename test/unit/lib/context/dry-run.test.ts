import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { asDryRun } from '../../../../lib/context/dry-run.ts';
import { createCloudSession } from '../../../../lib/openstack/session.ts';
import { documents, tableName } from '../../../../lib/repositories/table/client.ts';
import { pointerKey } from '../../../../lib/repositories/table/keys.ts';
import { findRow } from '../../../../lib/repositories/table/query.ts';
import { inTable, type Refusal, type TransactItem, transact } from '../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../helpers/table.ts';

beforeAll(useTable);

const newRow = (key: object): TransactItem => ({
  Put: { ...inTable(), Item: { ...key, name: 'n' }, ConditionExpression: 'attribute_not_exists(pk)' },
});

describe('a dry run', () => {
  it('ends at the first transaction that the table would take, and writes nothing', async () => {
    const key = pointerKey(randomUUID());
    let isPassed = false;
    const effect = await asDryRun(async () => {
      await transact([newRow(key)]);
      isPassed = true;
    });
    expect(effect).toMatchObject({ items: [{ Put: { Item: { ...key, name: 'n' } } }], laidAside: [], starts: null });
    expect([isPassed, await findRow(key)]).toEqual([false, null]);
  });

  it('goes on with what the table refuses, with the usual refusal', async () => {
    const [taken, free] = [pointerKey(randomUUID()), pointerKey(randomUUID())];
    await transact([newRow(taken)]);
    const items = [newRow(free), newRow(taken)];
    let refusal: Refusal | null = null;
    const effect = await asDryRun(async () => {
      refusal = await transact(items);
    });
    expect(refusal).toEqual(await transact(items));
    expect(refusal).toMatchObject({ index: 1, indexes: [1], found: { name: 'n' } });
    expect(effect.items).toEqual([]);
  });

  it('refuses every other write, so that none can be forgotten', async () => {
    const key = pointerKey(randomUUID());
    const put = () => documents().send(new PutCommand({ TableName: tableName(), Item: key }));
    await expect(asDryRun(put)).rejects.toThrow('in a dry run');
    expect(await findRow(key)).toBeNull();
    const session = createCloudSession({
      authOptions: async () => Promise.reject(new Error('it has come to the cloud')),
      requestTimeout: 1_000,
      connectTimeout: 1_000,
    });
    const post = () => session.call({ service: 'network', method: 'POST', path: '/ports', accepts: [201] });
    await expect(asDryRun(post)).rejects.toThrow('POST network /ports in a dry run');
    await expect(post()).rejects.toThrow('it has come to the cloud');
  });
});
