import { beforeAll, describe, expect, it } from 'vitest';
import { updateMember } from '../../../../../lib/changes/members.ts';
import { OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { takeOverLock } from '../../../../../lib/repositories/locks/lost-locks.ts';
import { recordRejection, withdrawRejection } from '../../../../../lib/repositories/locks/rejections.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { findChild } from '../../../../../lib/repositories/objects/child-reads.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { loadBalancerKey } from '../../../../../lib/repositories/table/keys.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, asMember, ended, flowOf, shared, storedPool } from '../support/stored.ts';

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

/** The same members once they are served, and another change on its way. */
const served = async () => {
  const at = await twoChanges();
  await settleRows(at.flow, await readTree(at.id));
  await settle(at.flow, ended);
  const next = await addMember(at.pool, '10.0.0.3').commit();
  return { ...at, flow: flowOf(next) };
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

  it('makes the flow do another round, so that both amphorae and the security group follow', async () => {
    const { id, flow, holder, own } = await twoChanges();
    const { generation } = await getLoadBalancer(id);
    await recordRejection(flow, { child: asMember(own), operationId: holder.id, ...reason });
    expect(await closeForSettling(flow, generation)).toBe(false);
    expect(await closeForSettling(flow, generation + 1)).toBe(true);
  });

  it('leaves an operation as it ended, and rejects the object all the same', async () => {
    const { id, flow, own, holder } = await served();
    const child = { child: asMember(own), operationId: holder.id };
    await recordRejection(flow, { ...child, ...reason, unapplied: true });
    expect(await getOperation(holder.id)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
    expect((await readTree(id)).changes.get(own.id)).toMatchObject({ rejected: true, was_applied: false });
  });

  it('is reported on operations that another one carries', async () => {
    const { id, flow, holder, own } = await twoChanges();
    const lock = { key: loadBalancerKey(id), operationId: holder.id, fence: flow.fence };
    const heir = await takeOverLock(lock, holder, { errorName: 'ExecutionLost', errorMessage: 'gone' });
    if (heir === null) throw new Error('no heir');
    await recordRejection(flowOf(heir), { child: asMember(own), operationId: holder.id, ...reason });
    expect(await getOperation(holder.id)).toMatchObject({ status: 'FAILED', error_name: 'UnrenderableValueError' });
  });

  it('is refused under a fence that is lost', async () => {
    const { id, flow, holder, own } = await twoChanges();
    await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    const rejection = { child: asMember(own), operationId: holder.id, ...reason };
    await expect(recordRejection(flow, rejection)).rejects.toThrow(OperationSuperseded);
    expect(await isRejected(id, own.id)).toBe(false);
  });
});

describe('a rejection that is withdrawn', () => {
  it('is gone, and the flow does another round', async () => {
    const { id, flow, own, holder } = await served();
    const child = { child: asMember(own), operationId: holder.id };
    await recordRejection(flow, { ...child, ...reason });
    const { generation } = await getLoadBalancer(id);
    await withdrawRejection(flow, child);
    await withdrawRejection(flow, child);
    expect(await isRejected(id, own.id)).toBe(false);
    expect((await getLoadBalancer(id)).generation).toBe(generation + 1);
  });
});
