import { beforeAll, describe, expect, it } from 'vitest';
import { batchMembers } from '../../../../../lib/changes/member-batch.ts';
import { OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import type { Pool } from '../../../../../lib/models/objects/pool.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { findChild } from '../../../../../lib/repositories/objects/child-reads.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { unstageRows } from '../../../../../lib/repositories/objects/staged-rows.ts';
import { getTree, readPoolMembers, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { listOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { newMember } from '../../../../fixtures/children.ts';
import { useTable } from '../../../../helpers/table.ts';
import { dyingAt } from '../support/requests.ts';
import { addMember, alone, ended, flowOf, storedPool } from '../support/stored.ts';

beforeAll(useTable);

/** Part of every write that writes laid aside rows out. */
const WRITE_OUT = 'AND staged_operation_id = :staged';

/** Two rows each: more than one transaction takes. */
const SIZE = 60;

const batch = (pool: Pool, size: number, weight = 1) =>
  commitChange(
    pool.load_balancer_id,
    alone(async (read) => {
      const { members, changes } = await readPoolMembers(pool.load_balancer_id, pool.id);
      const existing = members.flatMap((member) => {
        const state = changes.get(member.id);
        return state === undefined ? [] : [{ member, state }];
      });
      const wanted = Array.from({ length: size }, (_, index) => ({
        member: newMember(pool, { ip_address: `10.1.${Math.floor(index / 250)}.${index % 250}`, weight }),
        updates: { weight },
      }));
      return batchMembers(read, pool.id, existing, wanted, false);
    }),
  );

/** The flow of the newest operation of a load balancer. */
const newestFlow = async (id: string) => {
  const [newest] = await listOperations(id, 1);
  if (newest === undefined) throw new Error('no operation');
  return flowOf(newest);
};

const settleNow = async (flow: ReturnType<typeof flowOf>, id: string) => {
  expect(await closeForSettling(flow, (await getLoadBalancer(id)).generation)).toBe(true);
  await settleRows(flow, await readTree(id));
  await settle(flow, ended);
};

describe('a batch of 300 members', () => {
  it('is there as a whole, with pointers, when its commit is answered', async () => {
    const { id, pool } = await storedPool();
    await batch(pool, 300);
    const { members, load_balancer } = await getTree(id);
    expect(members).toHaveLength(300);
    expect(new Set(members.map(({ provisioning_status }) => provisioning_status))).toEqual(new Set(['PENDING_CREATE']));
    expect(load_balancer.staged_operation_id).toBeNull();
    expect((await findChild('member', members[299]?.id ?? ''))?.child.object.pool_id).toBe(pool.id);
  });

  it('changes nothing when its maker dies before the commit', async () => {
    const { id, pool } = await storedPool();
    const before = await getTree(id);
    await dyingAt('"ConditionExpression":"#fence', () => batch(pool, 300));
    expect(await getTree(id)).toEqual(before);
    expect(await addMember(pool, '10.0.0.1').commit()).toMatchObject({ status: 'COMMITTED' });
  });

  it('updates and deletes as many', async () => {
    const { id, pool } = await storedPool();
    const first = flowOf(await batch(pool, 90));
    await settleNow(first, id);
    await batch(pool, 60, 7);
    const { members } = await getTree(id);
    const updated = members.filter(({ provisioning_status }) => provisioning_status === 'PENDING_UPDATE');
    const leaving = members.filter(({ provisioning_status }) => provisioning_status === 'PENDING_DELETE');
    expect([updated.length, leaving.length, members.length]).toEqual([60, 30, 90]);
    expect(new Set(updated.map(({ weight }) => weight))).toEqual(new Set([7]));
    expect((await readTree(id)).changes.get(updated[0]?.id ?? '')).toMatchObject({
      applied: { weight: 1 },
      was_applied: true,
    });
  });
});

describe('a batch whose maker died between the commit and the writing out', () => {
  const dead = async () => {
    const stored = await storedPool();
    await dyingAt(WRITE_OUT, () => batch(stored.pool, SIZE));
    return { ...stored, flow: await newestFlow(stored.id) };
  };

  it('is written out by its flow, as often as it takes', async () => {
    const { id, flow } = await dead();
    expect((await getTree(id)).members).toEqual([]);
    await unstageRows(flow);
    await unstageRows(flow);
    expect((await getTree(id)).members).toHaveLength(SIZE);
    await settleNow(flow, id);
  });

  it('is written out whole by two at once', async () => {
    const { id, flow } = await dead();
    await Promise.all([unstageRows(flow), unstageRows(flow), unstageRows(flow)]);
    expect((await getTree(id)).members).toHaveLength(SIZE);
    expect((await getLoadBalancer(id)).staged_operation_id).toBeNull();
  });

  it('lets nothing else in until then', async () => {
    const { id, pool, flow } = await dead();
    const waiting = addMember(pool, '10.0.0.1').commit();
    const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 60, 'waits'))]);
    expect(first).toBe('waits');
    await unstageRows(flow);
    expect(await waiting).toMatchObject({ status: 'JOINED' });
    expect((await getTree(id)).members).toHaveLength(SIZE + 1);
  });

  it('cannot be settled before it is written out', async () => {
    const { id, flow } = await dead();
    expect(await closeForSettling(flow, (await getLoadBalancer(id)).generation)).toBe(false);
  });

  it('is not written by a flow that lost its fence', async () => {
    const { id, flow } = await dead();
    const fence = await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    await expect(unstageRows(flow)).rejects.toThrow(OperationSuperseded);
    expect((await getTree(id)).members).toEqual([]);
    await unstageRows({ ...flow, fence });
    expect((await getTree(id)).members).toHaveLength(SIZE);
  });
});

describe('a batch that joins a running flow', () => {
  it('makes a round that began before it was written out repeat', async () => {
    const { id, pool } = await storedPool();
    const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
    await dyingAt(WRITE_OUT, () => batch(pool, SIZE));
    // The round reads its generation after the commit and before the rows are there.
    const { generation } = await getLoadBalancer(id);
    await unstageRows(flow);
    expect(await closeForSettling(flow, generation)).toBe(false);
  });
});
