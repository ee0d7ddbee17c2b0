import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  abandonKey,
  completeKey,
  releaseKey,
  reserveKey,
} from '../../../../../lib/repositories/entities/idempotency-keys.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { useTable } from '../../../../helpers/table.ts';

beforeAll(useTable);
afterEach(() => {
  vi.useRealTimers();
});

const owner = () => ({ projectId: randomUUID(), key: 'k' });
const later = (seconds: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
};
const holderOf = (reservation: Awaited<ReturnType<typeof reserveKey>>): string =>
  reservation.outcome === 'reserved' ? reservation.holder : '';

describe('a key', () => {
  it('is given to one of many', async () => {
    const key = owner();
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => reserveKey(key, 'h', id)));
    const [winner, ...more] = all.filter(({ outcome }) => outcome === 'reserved');
    expect(more).toEqual([]);
    const resourceId = winner?.outcome === 'reserved' ? winner.resourceId : '';
    for (const other of all) if (other !== winner) expect(other).toEqual({ outcome: 'in-flight', resourceId });
  });

  it('stands for one request', async () => {
    const key = owner();
    await reserveKey(key, 'h', 'a');
    expect(await reserveKey(key, 'other', 'b')).toEqual({ outcome: 'mismatch' });
  });

  it('is done only when its holder reports so', async () => {
    const key = owner();
    const holder = holderOf(await reserveKey(key, 'h', 'a'));
    await completeKey(key, 'somebody', '{}');
    expect(await reserveKey(key, 'h', 'b')).toEqual({ outcome: 'in-flight', resourceId: 'a' });
    await completeKey(key, holder, '{}');
    expect(await reserveKey(key, 'h', 'b')).toEqual({ outcome: 'done', resourceId: 'a', answer: '{}' });
  });

  it('is free again only when its holder has given up', async () => {
    const key = owner();
    const holder = holderOf(await reserveKey(key, 'h', 'a'));
    await releaseKey(key, 'somebody');
    expect((await reserveKey(key, 'other', 'b')).outcome).toBe('mismatch');
    await releaseKey(key, holder);
    expect(await reserveKey(key, 'other', 'b')).toMatchObject({ outcome: 'reserved', resourceId: 'b', resumed: false });
  });

  it('is taken over at once when its holder does not know the outcome, and by no other holder’s report', async () => {
    const key = owner();
    const holder = holderOf(await reserveKey(key, 'h', 'a'));
    await abandonKey(key, 'somebody');
    expect((await reserveKey(key, 'h', 'b')).outcome).toBe('in-flight');
    await abandonKey(key, holder);
    expect((await reserveKey(key, 'other', 'b')).outcome).toBe('mismatch');
    expect(await reserveKey(key, 'h', 'b')).toMatchObject({ outcome: 'reserved', resourceId: 'a', resumed: true });
  });

  it('keeps no answer that is larger than a row', async () => {
    const key = owner();
    await completeKey(key, holderOf(await reserveKey(key, 'h', 'a')), JSON.stringify('x'.repeat(400_000)));
    expect(await reserveKey(key, 'h', 'b')).toEqual({ outcome: 'done', resourceId: 'a', answer: null });
  });

  it('is taken over after 60 s by one of many, with the id that was reserved; the former holder is powerless', async () => {
    const key = owner();
    const former = holderOf(await reserveKey(key, 'h', 'a'));
    later(59);
    expect((await reserveKey(key, 'h', 'b')).outcome).toBe('in-flight');
    later(2);
    const all = await Promise.all(['b', 'c', 'd'].map((id) => reserveKey(key, 'h', id)));
    expect(all.filter(({ outcome }) => outcome === 'reserved')).toMatchObject([{ resourceId: 'a' }]);
    await releaseKey(key, former);
    expect(await reserveKey(key, 'h', 'b')).toEqual({ outcome: 'in-flight', resourceId: 'a' });
  });

  it('is not taken over once it is done', async () => {
    const key = owner();
    await completeKey(key, holderOf(await reserveKey(key, 'h', 'a')), '{}');
    later(61);
    expect((await reserveKey(key, 'h', 'b')).outcome).toBe('done');
  });

  it('is forgotten after a day, by the table itself or by the next use', async () => {
    const key = owner();
    await completeKey(key, holderOf(await reserveKey(key, 'h', 'a')), '{}');
    const Key = { pk: `IDEM#${key.projectId}#k`, sk: 'IDEM' };
    const { Item } = await documents().send(new GetCommand({ TableName: tableName(), Key }));
    expect(Item?.expires_at).toBeCloseTo(Date.now() / 1000 + 86_400, -2);
    later(86_401);
    expect(await reserveKey(key, 'other', 'b')).toMatchObject({ outcome: 'reserved', resourceId: 'b' });
  });
});
