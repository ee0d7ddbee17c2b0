import { beforeAll, describe, expect, it } from 'vitest';
import { createHealthMonitor, deleteHealthMonitor } from '../../../../../lib/changes/health-monitors.ts';
import { updateListener } from '../../../../../lib/changes/listeners.ts';
import { deletePool } from '../../../../../lib/changes/pools.ts';
import { stateOf } from '../../../../../lib/changes/relations.ts';
import { PoolNotFound } from '../../../../../lib/errors/not-found.ts';
import { effectiveTree } from '../../../../../lib/models/objects/effective-tree.ts';
import type { Pool } from '../../../../../lib/models/objects/pool.ts';
import { childrenOf } from '../../../../../lib/models/objects/tree-children.ts';
import type { FlowInput } from '../../../../../lib/models/operations/operation.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, failRows, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { recordRejection } from '../../../../../lib/repositories/locks/rejections.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { findChild } from '../../../../../lib/repositories/objects/child-reads.ts';
import { keyOfChild } from '../../../../../lib/repositories/objects/children.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { writeStatuses } from '../../../../../lib/repositories/objects/operating-statuses.ts';
import { getTree, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { updateBatched } from '../../../../../lib/repositories/table/batched-updates.ts';
import { loadBalancerKey } from '../../../../../lib/repositories/table/keys.ts';
import { newListener, newMember, newMonitor, newPolicy, newPool, newRule } from '../../../../fixtures/children.ts';
import { aMonitor } from '../../../../fixtures/render/tree.ts';
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
} from '../support/stored.ts';

beforeAll(useTable);

const settleAll = async (flow: FlowInput): Promise<void> => {
  const id = String(flow.loadbalancer_id);
  await closeForSettling(flow, (await getLoadBalancer(id)).generation);
  await settleRows(flow, await readTree(id));
  await settle(flow, ended);
};

const failAll = async (flow: FlowInput): Promise<void> => {
  await failRows(flow, await readTree(String(flow.loadbalancer_id)));
  await settle(flow, { ...ended, outcome: 'FAILED' });
};

const aMonitorOf = (pool: Pool) =>
  aMonitor(1, {
    id: crypto.randomUUID(),
    load_balancer_id: pool.load_balancer_id,
    pool_id: pool.id,
    provisioning_status: 'PENDING_CREATE',
    operating_status: 'OFFLINE',
  });

/** A pool with one applied member. */
const withMember = async () => {
  const stored = await storedPool();
  const { member, commit } = addMember(stored.pool, '10.0.0.1');
  await settleAll(flowOf(await commit()));
  return { ...stored, member };
};

const statuses = async (id: string) => {
  const tree = await getTree(id);
  const of = (objects: readonly { readonly provisioning_status: string }[]) =>
    objects.map(({ provisioning_status }) => provisioning_status).join();
  return { listeners: of(tree.listeners), pools: of(tree.pools), members: of(tree.members) };
};

const limit = (id: string, listenerId: string, connection_limit: number) =>
  commitChange(
    id,
    alone((read) => updateListener(read, listenerId, { connection_limit })),
  );

describe('a settling', () => {
  it('turns what was applied ACTIVE, and what moved along too', async () => {
    const { id } = await withMember();
    expect(await statuses(id)).toEqual({ listeners: 'ACTIVE', pools: 'ACTIVE', members: 'ACTIVE' });
    expect((await getTree(id)).members).toMatchObject([{ operating_status: 'NO_MONITOR' }]);
    const { changes } = await readTree(id);
    for (const state of changes.values()) expect(state).toMatchObject({ was_applied: true, applied: null });
  });

  it('takes members, monitor and pointers with a deleted pool, and the default pool from its listener', async () => {
    const { id, pool, member, listener } = await withMember();
    const monitor = aMonitorOf(pool);
    await settleAll(
      flowOf(
        await commitChange(
          id,
          alone((read) => createHealthMonitor(read, monitor)),
        ),
      ),
    );
    const deletion = await commitChange(
      id,
      alone((read) => deletePool(read, pool.id)),
    );
    await settleAll(flowOf(deletion));
    const tree = await getTree(id);
    expect([tree.pools, tree.members, tree.health_monitors]).toEqual([[], [], []]);
    expect(tree.listeners).toMatchObject([{ id: listener.id, default_pool_id: null, provisioning_status: 'ACTIVE' }]);
    expect(await findChild('pool', pool.id)).toBeNull();
    expect(await findChild('member', member.id)).toBeNull();
    expect(await findChild('health_monitor', monitor.id)).toBeNull();
    await expect(
      commitChange(
        id,
        alone((read) => deletePool(read, pool.id)),
      ),
    ).rejects.toThrow(PoolNotFound);
  });

  it('lets the members follow a monitor that comes and goes', async () => {
    const { id, pool } = await withMember();
    const monitor = aMonitorOf(pool);
    const creation = await commitChange(
      id,
      alone((read) => createHealthMonitor(read, monitor)),
    );
    await settleAll(flowOf(creation));
    const withMonitor = await getTree(id);
    expect(withMonitor.members).toMatchObject([{ operating_status: 'OFFLINE' }]);
    expect(withMonitor.health_monitors).toMatchObject([{ operating_status: 'ONLINE' }]);
    const deletion = await commitChange(
      id,
      shared((read) => deleteHealthMonitor(read, monitor.id)),
    );
    await settleAll(flowOf(deletion));
    expect((await getTree(id)).members).toMatchObject([{ operating_status: 'NO_MONITOR' }]);
  });

  it('can be done again after a death in between', async () => {
    const { id, pool } = await storedPool();
    const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
    await closeForSettling(flow, (await getLoadBalancer(id)).generation);
    await settleRows(flow, await readTree(id));
    await settleAll(flow);
    expect(await statuses(id)).toEqual({ listeners: 'ACTIVE', pools: 'ACTIVE', members: 'ACTIVE' });
  });
});

describe('updated_at', () => {
  /** A load balancer with one object of every kind, whose creation has ended. */
  const withEveryKind = () =>
    storedLoadBalancer((owner) => {
      const pool = newPool(owner);
      const listener = newListener(owner, { default_pool_id: pool.id });
      const policy = newPolicy(listener);
      return [
        { kind: 'listener', object: listener },
        { kind: 'pool', object: pool },
        { kind: 'health_monitor', object: newMonitor(pool) },
        { kind: 'member', object: newMember(pool) },
        { kind: 'l7_policy', object: policy },
        { kind: 'l7_rule', object: newRule(policy) },
      ];
    });
  const LONG_AGO = '2001-01-01T00:00:00.000Z';
  const times = async (id: string) => {
    const tree = await getTree(id);
    return [tree.load_balancer, ...childrenOf(tree).map(({ object }) => object)].map(({ updated_at }) => updated_at);
  };
  const makeOld = async (id: string) => {
    const tree = await getTree(id);
    const keys = [loadBalancerKey(id), ...childrenOf(tree).map(keyOfChild)];
    for (const key of keys) await updateBatched({ key, set: { updated_at: LONG_AGO }, when: [] });
  };

  it('is set on every kind of object once its creation has ended', async () => {
    const { id } = await withEveryKind();
    const set = await times(id);
    expect(set).toHaveLength(7);
    expect(set).not.toContain(null);
  });

  it('changes when an object becomes PENDING_DELETE or moves along, and when the deletion fails', async () => {
    const { id } = await withEveryKind();
    await makeOld(id);
    const read = await readTree(id);
    const operation = await commitChange(
      id,
      alone(() => ({
        deletes: childrenOf(read.tree)
          .filter(({ kind }) => kind !== 'listener')
          .map((child) => ({ child, state: stateOf(read, child.object.id) })),
        parents: childrenOf(read.tree).filter(({ kind }) => kind === 'listener'),
      })),
    );
    expect(await times(id)).not.toContain(LONG_AGO);
    await makeOld(id);
    await failAll(flowOf(operation));
    expect(await times(id)).not.toContain(LONG_AGO);
  });

  it('changes with an operating status', async () => {
    const { id } = await withEveryKind();
    await makeOld(id);
    const [listener] = (await getTree(id)).listeners;
    if (listener === undefined) throw new Error('no listener');
    await writeStatuses(id, [{ of: { kind: 'listener', object: listener }, to: 'DEGRADED' }]);
    expect((await getTree(id)).listeners[0]?.updated_at).not.toBe(LONG_AGO);
  });
});

describe('a rejected update', () => {
  const rejected = async () => {
    const stored = await storedPool();
    const operation = await limit(stored.id, stored.listener.id, 100);
    const flow = flowOf(operation);
    const [listener] = (await getTree(stored.id)).listeners;
    if (listener === undefined) throw new Error('no listener');
    await recordRejection(flow, {
      child: { kind: 'listener', object: listener },
      operationId: operation.id,
      errorName: 'AmphoraRequestError',
      errorMessage: 'no such thing',
    });
    return { ...stored, flow };
  };

  it('keeps its former values in what the amphorae run, and shows ERROR with the wanted ones', async () => {
    const { id, flow } = await rejected();
    await settleAll(flow);
    const { tree, changes } = await readTree(id);
    expect(tree.listeners).toMatchObject([
      { connection_limit: 100, provisioning_status: 'ERROR', operating_status: 'ERROR' },
    ]);
    expect(effectiveTree(tree, changes).listeners).toMatchObject([{ connection_limit: -1 }]);
  });

  it('keeps what ran before both when a second update is rejected too', async () => {
    const { id, flow, listener } = await rejected();
    await settleAll(flow);
    const again = await limit(id, listener.id, 200);
    const [object] = (await getTree(id)).listeners;
    if (object === undefined) throw new Error('no listener');
    await recordRejection(flowOf(again), {
      child: { kind: 'listener', object },
      operationId: again.id,
      errorName: 'AmphoraRequestError',
      errorMessage: 'no',
    });
    const { tree, changes } = await readTree(id);
    expect(tree.listeners).toMatchObject([{ connection_limit: 200 }]);
    expect(effectiveTree(tree, changes).listeners).toMatchObject([{ connection_limit: -1 }]);
  });

  it('is tried again with its next change, and is ACTIVE when that is applied', async () => {
    const { id, flow, listener } = await rejected();
    await settleAll(flow);
    await settleAll(flowOf(await limit(id, listener.id, 300)));
    const { tree, changes } = await readTree(id);
    expect(tree.listeners).toMatchObject([{ connection_limit: 300, provisioning_status: 'ACTIVE' }]);
    expect(changes.get(listener.id)).toMatchObject({ applied: null, rejected: false });
  });
});

describe('changes that failed as a whole', () => {
  it('carry ERROR, and what only moved along does not', async () => {
    const { id, pool } = await storedPool();
    const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
    await failAll(flow);
    expect(await statuses(id)).toEqual({ listeners: 'ACTIVE', pools: 'ACTIVE', members: 'ERROR' });
  });

  it('are applied by the next change that succeeds', async () => {
    const { id, pool } = await storedPool();
    await failAll(flowOf(await addMember(pool, '10.0.0.1').commit()));
    await settleAll(flowOf(await addMember(pool, '10.0.0.2').commit()));
    expect(await statuses(id)).toEqual({ listeners: 'ACTIVE', pools: 'ACTIVE', members: 'ACTIVE,ACTIVE' });
  });

  it('name all of their objects on their operations, also when the failing died in between', async () => {
    const { id, pool } = await storedPool();
    const members = ['10.0.0.1', '10.0.0.2'].map((ip_address) => newMember(pool, { ip_address }));
    const operation = await commitChange(
      id,
      shared(() => ({ creates: members.map(asMember) })),
    );
    const flow = flowOf(operation);
    const read = await readTree(id);
    await failRows(flow, { ...read, tree: { ...read.tree, members: members.slice(0, 1) } });
    await failAll(flow);
    const { error_objects } = await getOperation(operation.id);
    expect(error_objects.map((named) => named.id).sort()).toEqual(members.map((member) => member.id).sort());
  });

  it('are never left PENDING, whatever was wanted of them', async () => {
    const { id, pool, listener } = await withMember();
    await limit(id, listener.id, 5);
    await addMember(pool, '10.0.0.3').commit();
    await commitChange(
      id,
      alone((read) => createHealthMonitor(read, aMonitorOf(pool))),
    );
    const { lock } = await getLoadBalancer(id);
    await failAll({
      operation_id: String(lock?.operation_id),
      fence: Number(lock?.fence),
      target: 'load_balancer',
      loadbalancer_id: id,
      amphora_id: null,
    });
    expect(JSON.stringify(await getTree(id))).not.toContain('PENDING');
  });
});
