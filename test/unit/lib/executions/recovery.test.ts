import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OperationNotFoundError } from '../../../../lib/errors/not-found.ts';
import type { ExecutionState } from '../../../../lib/executions/executions.ts';
import { recoverLock, redrive } from '../../../../lib/executions/recovery.ts';
import type { Operation } from '../../../../lib/models/operations/operation.ts';
import {
  commitAmphoraOperation,
  commitNewAmphora,
  getAmphora,
} from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { commitLoadBalancerOperation } from '../../../../lib/repositories/locks/commits.ts';
import { findLockOf, RECOVERIES, takeOverLock } from '../../../../lib/repositories/locks/lost-locks.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../../lib/repositories/objects/trees.ts';
import { beginStep, getOwnRecord, listOperations } from '../../../../lib/repositories/operations/operations.ts';
import { documents, tableName } from '../../../../lib/repositories/table/client.ts';
import { waitingKey } from '../../../../lib/repositories/table/keys.ts';
import { logger } from '../../../../lib/tools/logger.ts';
import { newMember } from '../../../fixtures/children.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { patience } from '../../../patience.ts';
import { interceptRequests } from '../repositories/support/requests.ts';
import {
  addMember,
  alone,
  asMember,
  ended,
  flowOf,
  storedLoadBalancer,
  storedPool,
  storedSpare,
  updateRequest,
} from '../repositories/support/stored.ts';

/** No execution runs, unless a test says so; `asked` is what was done with them. */
const world = vi.hoisted(() => {
  const asked: string[] = [];
  return { state: 'ENDED' as ExecutionState, asked };
});
const noting = vi.hoisted(() => (what: string) => async ({ id }: { readonly id: string }) => {
  world.asked.push(`${what} ${id}`);
});
vi.mock('../../../../lib/executions/executions.ts', () => ({
  executionState: async () => world.state,
  startExecution: noting('start'),
  stopExecution: noting('stop'),
}));
vi.mock('../../../../lib/executions/start-operation.ts', () => ({ startNowOrLater: noting('start or queue') }));

beforeAll(useTable);
beforeAll(() => {
  logger.setLogLevel('SILENT');
});

let stop: (() => void) | undefined;
afterEach(() => {
  stop?.();
  world.state = 'ENDED';
  world.asked.length = 0;
});

const MEMBERS = 205;
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

/** An update that holds the lock of its load balancer. */
const held = async () => {
  const { id } = await storedLoadBalancer();
  const terms = { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' } as const;
  return await commitLoadBalancerOperation(id, updateRequest, terms);
};
const lockHeldBy = async (operation: Operation) => {
  const lock = await findLockOf(operation);
  if (lock === null) throw new Error('no lock');
  return lock;
};
const byAnOperator = { requester: { ...requester, user_id: 'operator' }, force: false };

describe('a lock whose holder may have lost its execution', () => {
  it('is left alone while the execution runs, also by an operator', async () => {
    world.state = 'RUNNING';
    const lock = await lockHeldBy(await held());
    expect(await recoverLock(lock)).toEqual({ outcome: 'running' });
    expect(await recoverLock(lock, byAnOperator)).toEqual({ outcome: 'running' });
    expect(world.asked).toEqual([]);
  });

  it('goes to a new operation that does the same under a new fence', async () => {
    const holder = await held();
    await beginStep(flowOf(holder), 'ComputeCreate', null);
    const recovery = await recoverLock(await lockHeldBy(holder));
    const { id } = holder;
    expect(recovery).toMatchObject({
      outcome: 'carried on',
      operation: { flow: holder.flow, fence: holder.fence + 1, recoveries: 1, requester },
    });
    if (!('operation' in recovery)) throw new Error('no operation');
    expect(world.asked).toEqual([`start or queue ${recovery.operation.id}`]);
    expect(await getOwnRecord(id)).toMatchObject({
      status: 'SUPERSEDED',
      joined_to: recovery.operation.id,
      error_name: 'ExecutionLost',
    });
  });

  it('goes to an operator’s operation once the execution was stopped by force', async () => {
    const holder = await held();
    world.state = 'RUNNING';
    const recovery = await recoverLock(await lockHeldBy(holder), { ...byAnOperator, force: true });
    if (!('operation' in recovery)) throw new Error('no operation');
    expect(world.asked).toEqual([`stop ${holder.id}`, `start or queue ${recovery.operation.id}`]);
    expect(recovery.operation).toMatchObject({ recoveries: 0, requester: { user_id: 'operator' } });
    expect(await getOwnRecord(holder.id)).toMatchObject({ error_name: 'Redriven' });
  });

  it('is not stopped by force when nothing runs', async () => {
    await recoverLock(await lockHeldBy(await held()), { ...byAnOperator, force: true });
    expect(world.asked).toEqual([expect.stringMatching('start or queue')]);
  });

  it('starts a holder that was never started, under the fence it has', async () => {
    world.state = 'ABSENT';
    const holder = await held();
    expect(await recoverLock(await lockHeldBy(holder))).toMatchObject({
      outcome: 'started',
      operation: { id: holder.id, fence: holder.fence, status: 'COMMITTED' },
    });
    expect(world.asked).toEqual([`start ${holder.id}`]);
  });

  it('waits for a holder that is queued', async () => {
    world.state = 'ABSENT';
    const holder = await held();
    const Item = { ...waitingKey(holder.id), operation_id: holder.id };
    await documents().send(new PutCommand({ TableName: tableName(), Item }));
    try {
      expect(await recoverLock(await lockHeldBy(holder))).toEqual({ outcome: 'waiting' });
      await expect(redrive(holder.id, byAnOperator)).rejects.toThrow('waits for a limit');
      expect(world.asked).toEqual([]);
    } finally {
      await documents().send(new DeleteCommand({ TableName: tableName(), Key: waitingKey(holder.id) }));
    }
  });

  it('takes a holder that has begun for lost when its execution is forgotten', async () => {
    world.state = 'ABSENT';
    const holder = await held();
    await beginStep(flowOf(holder), 'ComputeCreate', null);
    expect(await recoverLock(await lockHeldBy(holder))).toMatchObject({ outcome: 'carried on' });
  });

  it('is another’s by now: nothing starts', async () => {
    const lock = await lockHeldBy(await held());
    await recoverLock(lock);
    world.asked.length = 0;
    expect(await recoverLock(lock)).toEqual({ outcome: 'moved' });
    expect(world.asked).toEqual([]);
  });
});

describe('an amphora whose operation was lost too often', () => {
  const lost = async (operation: Operation): Promise<string> => {
    let now = operation;
    for (let loss = 0; loss <= RECOVERIES; loss += 1) {
      const recovery = await recoverLock(await lockHeldBy(now));
      if (!('operation' in recovery)) throw new Error(recovery.outcome);
      now = recovery.operation;
    }
    expect(await getOwnRecord(now.id)).toMatchObject({ status: 'FAILED', error_name: 'ExecutionLost' });
    return String(now.amphora_id);
  };

  it('is in ERROR when it was being created', async () => {
    const id = crypto.randomUUID();
    expect(await lost(await commitNewAmphora(id, { flow: 'create-amphora', requester }))).toBe(id);
    expect(await getAmphora(id)).toMatchObject({ status: 'ERROR' });
  });

  it('is as it was after upkeep, and free for the next', async () => {
    const id = await storedSpare();
    await lost(
      await commitAmphoraOperation(id, { flow: 'rotate-amphora-certificate', requester }, () => ({ cert_busy: true })),
    );
    expect(await getAmphora(id)).toMatchObject({ status: 'READY', cert_busy: false });
  });
});

describe('an operation that an operator begins again', () => {
  it('is carried on', async () => {
    const holder = await held();
    expect(await redrive(holder.id, byAnOperator)).toMatchObject({ fence: holder.fence + 1, recoveries: 0 });
  });

  it('must exist', async () => {
    await expect(redrive(crypto.randomUUID(), byAnOperator)).rejects.toBeInstanceOf(OperationNotFoundError);
  });

  it('is refused while its execution runs', async () => {
    const { id } = await held();
    world.state = 'RUNNING';
    await expect(redrive(id, byAnOperator)).rejects.toThrow('is running; with force');
    expect(world.asked).toEqual([]);
  });

  it('is refused once it has settled, with what became of it', async () => {
    const settled = await held();
    await settle(flowOf(settled), ended);
    await expect(redrive(settled.id, byAnOperator)).rejects.toThrow('has ended (SUCCEEDED)');
    const superseded = await held();
    const carriesOn = await redrive(superseded.id, byAnOperator);
    await expect(redrive(superseded.id, byAnOperator)).rejects.toThrow(`was carried on by operation ${carriesOn.id}`);
    const { id, pool } = await storedPool();
    const plan = alone(() => ({ creates: [asMember(newMember(pool))] }));
    const running = await commitChange(id, plan);
    const joined = await addMember(pool, '10.0.0.77').commit();
    await expect(redrive(joined.id, byAnOperator)).rejects.toThrow(`is carried by operation ${running.id}`);
  });

  it('is tried again while its lock moves, and refused when it moves on and on', async () => {
    const { id } = await held();
    let refused = 0;
    const refusing = (times: number) =>
      interceptRequests(async (input, send) => {
        const takes = input.includes('TransactItems') && input.includes('#lock.#operation = :dead');
        if (takes) {
          refused += 1;
          if (refused <= times) {
            const reasons = [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }, { Code: 'None' }];
            throw new TransactionCanceledException({ $metadata: {}, message: '', CancellationReasons: reasons });
          }
        }
        await send();
      });
    stop = refusing(3);
    await expect(redrive(id, byAnOperator)).rejects.toThrow('its fence keeps moving');
    expect(refused).toBe(3);
    stop();
    refused = 0;
    stop = refusing(2);
    expect(await redrive(id, byAnOperator)).toMatchObject({ recoveries: 0 });
  });
});
