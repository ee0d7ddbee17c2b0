import { v4 as uuidv4 } from 'uuid';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMember } from '../../../../../lib/changes/members.ts';
import { deletePool, updatePool } from '../../../../../lib/changes/pools.ts';
import { DuplicateMemberError, ImmutableChildError } from '../../../../../lib/errors/conflict.ts';
import { ImmutableObjectError } from '../../../../../lib/errors/flow.ts';
import { LBNotFound } from '../../../../../lib/errors/not-found.ts';
import type { Child } from '../../../../../lib/models/objects/child.ts';
import type { Pool } from '../../../../../lib/models/objects/pool.ts';
import { ProvisioningStatus } from '../../../../../lib/models/statuses.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { findChildAt } from '../../../../../lib/repositories/objects/child-reads.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { getTree, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { documents } from '../../../../../lib/repositories/table/client.ts';
import { memberKey } from '../../../../../lib/repositories/table/keys.ts';
import { newListener, newMember, newPool } from '../../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import {
  addMember,
  alone,
  asMember,
  ended,
  flowOf,
  shared,
  storedLoadBalancer,
  storedPool,
  updateRequest,
} from '../support/stored.ts';

beforeAll(useTable);

const nothing = shared(() => ({}));
const toUpdate = { allowed: [ProvisioningStatus.ACTIVE], to: ProvisioningStatus.PENDING_UPDATE };

/** Settles an operation a moment after others began to wait for it. */
const settleSoon = async (flow: ReturnType<typeof flowOf>) => {
  await new Promise((resolve) => setTimeout(resolve, 30));
  await settle(flow, ended);
};

describe('a change below an ACTIVE load balancer', () => {
  it('takes the lock, and its parents move with it', async () => {
    const { id, pool } = await storedPool();
    const before = await getLoadBalancer(id);
    const operation = await addMember(pool, '10.0.0.1').commit();
    expect(operation).toMatchObject({ status: 'COMMITTED', joined_to: null, fence: before.fence + 1 });
    const { load_balancer, members, pools } = await getTree(id);
    expect(load_balancer).toMatchObject({
      provisioning_status: 'PENDING_UPDATE',
      generation: before.generation + 1,
      lock: { operation_id: operation.id, fence: operation.fence, flow: 'apply-changes', closing: false },
    });
    expect(members).toMatchObject([{ provisioning_status: 'PENDING_CREATE', ip_address: '10.0.0.1' }]);
    expect(pools).toMatchObject([{ provisioning_status: 'PENDING_UPDATE' }]);
  });

  it('is busy, and not immutable, when others come first for longer than its patience', async () => {
    const { id, pool } = await storedPool();
    const later = performance.now() + 60_000;
    const clock = vi.spyOn(performance, 'now');
    const plan = async () => {
      await addMember(pool, '10.0.1.1').commit();
      clock.mockReturnValue(later);
      return {};
    };
    await expect(commitChange(id, alone(plan))).rejects.toMatchObject({ name: 'ProjectBusyError' });
    clock.mockRestore();
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'PENDING_UPDATE' });
  });

  it('trap 13: takes no lock and writes nothing when its plan refuses', async () => {
    const { id, pool } = await storedPool();
    const before = await getTree(id);
    const refusal = new DuplicateMemberError('10.0.0.1', 80);
    const plan = () => Promise.reject(refusal);
    await expect(commitChange(pool.load_balancer_id, shared(plan))).rejects.toBe(refusal);
    expect(await getTree(id)).toEqual(before);
    expect(before.load_balancer.lock).toBeNull();
  });

  it('is given up at once when a row refuses it that its plan does not know, and is not called immutable', async () => {
    const { id, pool } = await storedPool();
    await settle(flowOf(await addMember(pool, '10.0.0.1').commit()), ended);
    const before = await getTree(id);
    let plans = 0;
    const blind = shared(() => {
      plans += 1;
      return { creates: [asMember(newMember(pool, { ip_address: '10.0.0.1' }))] };
    });
    await expect(commitChange(id, blind)).rejects.toThrow(/^A change below .* by the row LB#.* MEMBER#.*#10\.0\.0\.1#/);
    expect(plans).toBe(3);
    expect(await getTree(id)).toEqual(before);
  });

  it('is not found below a load balancer that is missing or deleted', async () => {
    await expect(commitChange(uuidv4(), nothing)).rejects.toThrow(LBNotFound);
    const { id } = await storedLoadBalancer();
    const deletion = await commitLoadBalancerOperation(id, updateRequest, toUpdate);
    await settle(flowOf(deletion), { changes: { provisioning_status: 'DELETED' }, outcome: 'SUCCEEDED' });
    await expect(commitChange(id, nothing)).rejects.toThrow(LBNotFound);
  });
});

describe('a change while another operation runs', () => {
  it('joins a running apply-changes, which then cannot settle without it', async () => {
    const { id, pool } = await storedPool();
    const holder = await addMember(pool, '10.0.0.1').commit();
    const { generation } = await getLoadBalancer(id);
    const joined = await addMember(pool, '10.0.0.2').commit();
    expect(joined).toMatchObject({ status: 'JOINED', joined_to: holder.id, fence: holder.fence });
    expect(await closeForSettling(flowOf(holder), generation)).toBe(false);
    expect(await closeForSettling(flowOf(holder), generation + 1)).toBe(true);
    expect((await getTree(id)).members).toHaveLength(2);
  });

  it('is refused while anything else runs', async () => {
    const { id } = await storedLoadBalancer();
    await commitLoadBalancerOperation(id, updateRequest, toUpdate);
    await expect(commitChange(id, nothing)).rejects.toThrow(ImmutableObjectError);
  });

  it('waits while apply-changes settles, and then takes the lock itself', async () => {
    const { id, pool } = await storedPool();
    const first = flowOf(await addMember(pool, '10.0.0.1').commit());
    await closeForSettling(first, (await getLoadBalancer(id)).generation);
    const [second] = await Promise.all([addMember(pool, '10.0.0.2').commit(), settleSoon(first)]);
    expect(second).toMatchObject({ status: 'COMMITTED', fence: first.fence + 1 });
  });

  it('waits while apply-changes is undone, since what joins now would be left behind', async () => {
    const { pool } = await storedPool();
    const first = flowOf(await addMember(pool, '10.0.0.1').commit());
    const fence = await beginRollback(first, { errorName: 'PortPlugError', errorMessage: 'no' });
    const undo = { ...first, fence };
    const [second] = await Promise.all([addMember(pool, '10.0.0.2').commit(), settleSoon(undo)]);
    expect(second).toMatchObject({ status: 'COMMITTED', joined_to: null, fence: fence + 1 });
  });
});

describe('with STRICT_IMMUTABLE', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  it('is refused while apply-changes runs, as upstream does', async () => {
    const { id, pool } = await storedPool();
    await addMember(pool, '10.0.0.1').commit();
    vi.stubEnv('STRICT_IMMUTABLE', 'true');
    vi.resetModules();
    const strict = await import('../../../../../lib/repositories/locks/change-commits.ts');
    await expect(strict.commitChange(id, nothing)).rejects.toMatchObject({ name: 'ImmutableObjectError' });
    expect((await getTree(id)).members).toHaveLength(1);
  });
});

describe('many changes at once', () => {
  it('accepts 24 members, loses none, and lets one of them carry the others', async () => {
    const { id, pool } = await storedPool();
    const before = (await getLoadBalancer(id)).generation;
    const adds = Array.from({ length: 24 }, (_, index) => addMember(pool, `10.0.1.${index + 1}`));
    const operations = await Promise.all(adds.map(({ commit }) => commit()));
    const holders = operations.filter(({ status }) => status === 'COMMITTED');
    expect(holders).toHaveLength(1);
    expect(operations.filter(({ joined_to }) => joined_to === holders[0]?.id)).toHaveLength(23);
    const { members, load_balancer } = await getTree(id);
    expect(members.map((member) => member.id).sort()).toEqual(adds.map(({ member }) => member.id).sort());
    expect(load_balancer.generation).toBe(before + 24);
  });

  it('trap 12: gives one address to one of two members, and refuses the other', async () => {
    const { id, pool } = await storedPool();
    const add = () => {
      const member = newMember(pool, { ip_address: '10.0.0.7' });
      return commitChange(
        id,
        shared(async (read) => {
          if (await findChildAt('member', memberKey(member))) throw new DuplicateMemberError('10.0.0.7', 80);
          return createMember(read, member);
        }),
      );
    };
    const results = await Promise.allSettled([add(), add()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'DuplicateMemberError' },
    });
    expect((await getTree(id)).members).toHaveLength(1);
  });

  it('plans an exclusive change again after every other that came in between', async () => {
    const { id, pool } = await storedPool();
    await addMember(pool, '10.0.0.1').commit();
    let plans = 0;
    const plan = async () => {
      plans += 1;
      if (plans === 1) await addMember(pool, '10.0.0.2').commit();
      return {};
    };
    await commitChange(id, alone(plan));
    expect(plans).toBe(2);
  });

  it('refuses a member of a pool that a joined change deletes', async () => {
    const { id, pool } = await storedPool();
    await addMember(pool, '10.0.0.1').commit();
    await commitChange(
      id,
      alone((read) => deletePool(read, pool.id)),
    );
    const late = newMember(pool, { ip_address: '10.0.0.2' });
    await expect(
      commitChange(
        id,
        shared((read) => createMember(read, late)),
      ),
    ).rejects.toThrow(ImmutableChildError);
  });
});

describe('the operation of a joined change', () => {
  it('ends with its holder', async () => {
    const { id, pool } = await storedPool();
    const holder = await addMember(pool, '10.0.0.1').commit();
    const joined = await addMember(pool, '10.0.0.2').commit();
    expect(await getOperation(joined.id)).toMatchObject({ ended_at: null });
    const flow = flowOf(holder);
    await closeForSettling(flow, (await getLoadBalancer(id)).generation);
    await settleRows(flow, await readTree(id));
    await settle(flow, ended);
    expect(await getOperation(joined.id)).toMatchObject({ status: 'SUCCEEDED', ended_at: expect.any(String) });
  });

  it('fails with a holder that was undone, whether or not a step of it is known to have failed', async () => {
    const { pool } = await storedPool();
    const holder = await addMember(pool, '10.0.0.1').commit();
    const joined = await addMember(pool, '10.0.0.2').commit();
    const reason = { errorName: 'States.Runtime', errorMessage: 'no such path' };
    const fence = await beginRollback(flowOf(holder), reason);
    await settle(flowOf(holder, fence), { ...ended, outcome: 'FAILED' });
    expect(await getOperation(joined.id)).toMatchObject({ status: 'FAILED', error_name: 'States.Runtime' });
  });
});

describe('what a plan is given', () => {
  it('is never older than the generation it is committed on', async () => {
    const { id, pool, listener } = await storedPool();
    await addMember(pool, '10.0.0.1').commit();
    const seen: string[] = [];
    const held = holdTreeQuery();
    const planning = commitChange(
      id,
      alone(({ tree }) => {
        seen.push(tree.pools.map(({ provisioning_status }) => provisioning_status).join());
        return { parents: [{ kind: 'listener', object: tree.listeners[0] ?? listener }] };
      }),
    );
    await held.reached;
    await commitChange(
      id,
      alone((read) => deletePool(read, pool.id)),
    );
    held.release();
    await planning;
    expect(seen.at(-1)).toBe('PENDING_DELETE');
  });
});

/** Holds back the first read of the rows before the members, until what sorts behind them was read. */
const holdTreeQuery = () => {
  const { promise: free, resolve: release } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  let first = true;
  documents().middlewareStack.add(
    (next) => async (args) => {
      const isQuery = JSON.stringify(args.input).includes('sk < :members');
      if (!isQuery || !first) return await next(args);
      first = false;
      // The rows behind the members are read meanwhile.
      setTimeout(reach, 30);
      await free;
      return await next(args);
    },
    { step: 'initialize', name: 'holdTreeQuery', override: true },
  );
  return {
    reached,
    release: () => {
      release();
      documents().middlewareStack.remove('holdTreeQuery');
    },
  };
};

describe('a pool with more listeners than a transaction takes', () => {
  const poolOfMany = async () => {
    const owner = newLoadBalancer();
    const pool = newPool(owner);
    const listeners = Array.from({ length: 120 }, (_, index) =>
      newListener(owner, { protocol_port: 1000 + index, peer_port: 2000 + index, default_pool_id: pool.id }),
    );
    await storedLoadBalancer(
      () => [{ kind: 'pool', object: pool }, ...listeners.map((object): Child => ({ kind: 'listener', object }))],
      owner,
    );
    return { id: owner.id, pool };
  };
  const renamed = (pool: Pool, name: string) => shared((read) => updatePool(read, pool.id, { name }));

  it('is changed, and its listeners stay as they are', async () => {
    const { id, pool } = await poolOfMany();
    expect(await commitChange(id, renamed(pool, 'first'))).toMatchObject({ status: 'COMMITTED' });
    expect(await commitChange(id, renamed(pool, 'second'))).toMatchObject({ status: 'JOINED' });
    const { load_balancer, pools, listeners } = await getTree(id);
    expect(load_balancer.provisioning_status).toBe('PENDING_UPDATE');
    expect(pools).toMatchObject([{ name: 'second', provisioning_status: 'PENDING_UPDATE' }]);
    expect(new Set(listeners.map((listener) => listener.provisioning_status))).toEqual(new Set(['ACTIVE']));
  });

  it('gets a member, and refuses nothing when another change comes in between', async () => {
    const { id, pool } = await poolOfMany();
    const adds = Array.from({ length: 2 }, (_, index) =>
      commitChange(
        id,
        shared((read) => createMember(read, newMember(pool, { ip_address: `10.0.2.${index + 1}` }))),
      ),
    );
    const operations = await Promise.all([...adds, commitChange(id, renamed(pool, 'meanwhile'))]);
    expect(operations.filter(({ status }) => status === 'JOINED')).toHaveLength(2);
    const { members, pools } = await getTree(id);
    expect([members.length, pools[0]?.name]).toEqual([2, 'meanwhile']);
  });
});
