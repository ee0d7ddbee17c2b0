import { beforeAll, describe, expect, it } from 'vitest';
import { updateMember } from '../../../../lib/changes/members.ts';
import { commitChange } from '../../../../lib/repositories/change-commits.ts';
import { findChild } from '../../../../lib/repositories/child-reads.ts';
import { getOperation } from '../../../../lib/repositories/operations.ts';
import { recordRejection } from '../../../../lib/repositories/rejections.ts';
import { readTree } from '../../../../lib/repositories/trees.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, asMember, flowOf, shared, storedPool } from './support/stored.ts';

beforeAll(useTable);

const reason = { errorName: 'UnrenderableValueError', errorMessage: 'has a line break' };

/** Two members: one of the flow's own operation, one of a joined one. */
const twoChanges = async () => {
  const stored = await storedPool();
  const own = addMember(stored.pool, '10.0.0.1');
  const holder = await own.commit();
  const other = addMember(stored.pool, '10.0.0.2');
  const joined = await other.commit();
  return { ...stored, flow: flowOf(holder), holder, joined, own: own.member, other: other.member };
};

const isRejected = async (loadBalancerId: string, id: string) =>
  (await readTree(loadBalancerId)).changes.get(id)?.rejected;

describe('a rejection', () => {
  it('ends a joined operation with its reason, and leaves the holder and its member alone', async () => {
    const { id, flow, joined, holder, own, other } = await twoChanges();
    await recordRejection(flow, { child: asMember(other), operationId: joined.id, ...reason });
    expect(await getOperation(joined.id)).toMatchObject({
      status: 'FAILED',
      ended_at: expect.any(String),
      error_name: 'UnrenderableValueError',
      error_message: 'has a line break',
    });
    expect(await getOperation(holder.id)).toMatchObject({ ended_at: null, error_name: null });
    expect([await isRejected(id, own.id), await isRejected(id, other.id)]).toEqual([false, true]);
  });

  it('notes the reason on the holder without ending it', async () => {
    const { id, flow, holder, own } = await twoChanges();
    await recordRejection(flow, { child: asMember(own), operationId: holder.id, ...reason });
    expect(await getOperation(holder.id)).toMatchObject({ ended_at: null, error_name: 'UnrenderableValueError' });
    expect(await isRejected(id, own.id)).toBe(true);
  });

  it('may be noted twice', async () => {
    const { id, flow, joined, other } = await twoChanges();
    const rejection = { child: asMember(other), operationId: joined.id, ...reason };
    await Promise.all([recordRejection(flow, rejection), recordRejection(flow, rejection)]);
    expect(await isRejected(id, other.id)).toBe(true);
  });

  it('leaves an object alone that has changed since', async () => {
    const { id, flow, joined, other } = await twoChanges();
    await commitChange(
      id,
      shared(async (read) => {
        const found = await findChild('member', other.id);
        if (found === null) throw new Error('no member');
        return updateMember(read, { member: found.child.object, state: found.state }, { weight: 2 });
      }),
    );
    await recordRejection(flow, { child: asMember(other), operationId: joined.id, ...reason });
    expect(await isRejected(id, other.id)).toBe(false);
    expect(await getOperation(joined.id)).toMatchObject({ ended_at: null, error_name: null });
  });
});
