import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { recoverLock } from '../../../../lib/executions/recovery.ts';
import type { Operation } from '../../../../lib/models/operations/operation.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { findLockOf, RECOVERIES, takeOverLock } from '../../../../lib/repositories/locks/lost-locks.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOwnRecord, listOperations } from '../../../../lib/repositories/operations/operations.ts';
import { logger } from '../../../../lib/tools/logger.ts';
import { newMember } from '../../../fixtures/children.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { patience } from '../../../patience.ts';
import { interceptRequests } from '../repositories/support/requests.ts';
import { alone, asMember, storedPool } from '../repositories/support/stored.ts';

// No execution runs.
vi.mock('../../../../lib/executions/executions.ts', () => ({
  executionState: async () => 'ENDED',
  startExecution: async () => {},
  stopExecution: async () => {},
}));
vi.mock('../../../../lib/executions/start-operation.ts', () => ({ startNowOrLater: async () => {} }));

beforeAll(useTable);
beforeAll(() => {
  logger.setLogLevel('SILENT');
});

let stop: (() => void) | undefined;
afterEach(() => stop?.());

const MEMBERS = 300;
/** Part of every transaction that gives rows their ERROR. */
const ROWS = '"MEMBER#';
const WRITES_ROWS = (input: string): boolean => input.includes('TransactItems') && input.includes(ROWS);

/** Creations of so many members whose execution was lost as often as is borne; the next loss gives them up. */
const lostChange = async () => {
  const { id, pool } = await storedPool();
  const members = Array.from({ length: MEMBERS }, (_, at) =>
    newMember(pool, { ip_address: `10.${Math.floor(at / 250)}.0.${at % 250}` }),
  );
  let operation: Operation = await commitChange(
    id,
    alone(() => ({ creates: members.map(asMember) })),
  );
  for (let loss = 1; loss <= RECOVERIES; loss += 1) {
    const taken = await takeOverLock(await lockOf(id), operation, { errorName: 'ExecutionLost', errorMessage: 'gone' });
    if (taken === null) throw new Error('not taken over');
    operation = taken;
  }
  const before = (await listOperations(id, 50)).length;
  return { id, operationsSince: async () => (await listOperations(id, 50)).length - before };
};

const lockOf = async (id: string) => {
  const { lock } = await getLoadBalancer(id);
  const held = lock === null ? null : await findLockOf(await getOwnRecord(lock.operation_id));
  if (held === null) throw new Error('no lock');
  return held;
};

/** One look of the sweep. */
const sweep = async (id: string) => await recoverLock(await lockOf(id));

const expectGivenUp = async (id: string): Promise<void> => {
  const { load_balancer, members } = await getTree(id);
  expect(load_balancer).toMatchObject({ lock: null, provisioning_status: 'ACTIVE' });
  expect(members).toHaveLength(MEMBERS);
  expect(new Set(members.map(({ provisioning_status }) => provisioning_status))).toEqual(new Set(['ERROR']));
  const [newest] = await listOperations(id, 1);
  expect(newest).toMatchObject({ status: 'FAILED', error_name: 'ExecutionLost', recoveries: RECOVERIES + 1 });
};

describe('an operation that was lost too often', () => {
  it('is given up once, however many sweeps find it meanwhile', async () => {
    const { id, operationsSince } = await lostChange();
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    let writes = 0;
    stop = interceptRequests(async (input, send) => {
      if (WRITES_ROWS(input)) writes += 1;
      if (WRITES_ROWS(input) && writes === 2) {
        reached.resolve();
        await held.promise;
      }
      await send();
    });
    const slow = sweep(id);
    await reached.promise;
    expect((await sweep(id)).outcome).toBe('carried on');
    held.resolve();
    expect((await slow).outcome).toBe('moved');
    expect(await operationsSince()).toBe(1);
    await expectGivenUp(id);
  });

  it('is given up by many sweeps at once, none of which starts over', async () => {
    const { id, operationsSince } = await lostChange();
    const first = sweep(id);
    const lock = await vi.waitFor(async () => {
      const found = await lockOf(id);
      expect((await getOwnRecord(found.operationId)).recoveries).toBe(RECOVERIES + 1);
      return found;
    }, patience.expect.poll);
    const outcomes = await Promise.all([first, ...[1, 2, 3].map(() => recoverLock(lock))]);
    expect(outcomes.some(({ outcome }) => outcome === 'carried on')).toBe(true);
    expect(await operationsSince()).toBe(1);
    await expectGivenUp(id);
  });

  it.each([
    ['before it is undone', 'resumes_rollback = :no', 1],
    ['among its rows', ROWS, 3],
    ['before its lock is released', '"FAILED"', 1],
  ])('goes on under the same fence after a death %s', async (_where, text, nth) => {
    const { id, operationsSince } = await lostChange();
    const { fence } = await getLoadBalancer(id);
    let seen = 0;
    const died = new Error('died');
    stop = interceptRequests(async (input, send) => {
      if (input.includes('TransactItems') && input.includes(text)) seen += 1;
      if (seen === nth) throw died;
      await send();
    });
    await expect(sweep(id)).rejects.toThrow(died);
    stop();
    expect((await sweep(id)).outcome).toBe('carried on');
    expect(await operationsSince()).toBe(1);
    // One for the operation, and one for its rollback.
    expect((await getLoadBalancer(id)).fence).toBe(fence + 2);
    await expectGivenUp(id);
  });

  it('can be begun again by an operator while it is given up, and the sweep stops', async () => {
    const { id } = await lostChange();
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    stop = interceptRequests(async (input, send) => {
      if (WRITES_ROWS(input)) {
        reached.resolve();
        await held.promise;
      }
      await send();
    });
    const slow = sweep(id);
    await reached.promise;
    const redriven = await recoverLock(await lockOf(id), { requester, force: false });
    expect(redriven).toMatchObject({ outcome: 'carried on', operation: { recoveries: 0, status: 'COMMITTED' } });
    held.resolve();
    expect(await slow).toEqual({ outcome: 'moved' });
    expect((await getLoadBalancer(id)).lock).not.toBeNull();
  });
});
