import { beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';
import { findLockOf, RECOVERIES, takeOverLock } from '../../../../../lib/repositories/locks/lost-locks.ts';
import { getOwnRecord, listUnstartedOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, storedPool } from '../support/stored.ts';

beforeAll(useTable);

const LOST = { errorName: 'ExecutionLost', errorMessage: 'gone' };

const lost = async (recoveries: number): Promise<Operation> => {
  const { pool } = await storedPool();
  return { ...(await addMember(pool, '10.0.0.1').commit()), recoveries };
};

const takenOver = async (dead: Operation, by: typeof requester | null = null): Promise<Operation> => {
  const lock = await findLockOf(dead);
  const operation = lock === null ? null : await takeOverLock(lock, dead, LOST, by);
  if (operation === null) throw new Error('not taken over');
  return operation;
};

const unstarted = async () =>
  (await listUnstartedOperations(new Date(Date.now() + 60_000).toISOString())).map(({ id }) => id);

describe('a lock that is taken over', () => {
  it('goes to an operation under the next fence that is to be started, and the lost one says where it went', async () => {
    const dead = await lost(0);
    const operation = await takenOver(dead);
    expect(operation).toMatchObject({ status: 'COMMITTED', fence: dead.fence + 1, recoveries: 1 });
    expect(await unstarted()).toContain(operation.id);
    expect(await unstarted()).not.toContain(dead.id);
    expect(await getOwnRecord(dead.id)).toMatchObject({ status: 'SUPERSEDED', joined_to: operation.id });
    expect(await findLockOf(dead)).toBeNull();
  });

  it('goes to one that was never started, also when its recovery dies, once it was lost too often', async () => {
    const operation = await takenOver(await lost(RECOVERIES));
    expect(await getOwnRecord(operation.id)).toMatchObject({ status: 'RUNNING', recoveries: RECOVERIES + 1 });
    expect(await unstarted()).not.toContain(operation.id);
  });

  it('is the redriving operator’s, and losses are counted from zero', async () => {
    const operator = { ...requester, user_id: 'operator' };
    const operation = await takenOver(await lost(RECOVERIES), operator);
    expect(operation).toMatchObject({ status: 'COMMITTED', recoveries: 0, requester: operator });
  });

  it('is taken over by one of many', async () => {
    const dead = await lost(0);
    const lock = await findLockOf(dead);
    if (lock === null) throw new Error('no lock');
    const all = await Promise.all([1, 2, 3].map(() => takeOverLock(lock, dead, LOST)));
    expect(all.filter((operation) => operation !== null)).toHaveLength(1);
  });
});
