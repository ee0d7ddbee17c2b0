import { v4 as uuidv4 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { LBNotFound } from '../../../../../lib/errors/not-found.ts';
import type { Child } from '../../../../../lib/models/objects/child.ts';
import { commitLoadBalancerOperation, type NewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { removeChildren } from '../../../../../lib/repositories/locks/tree-removal.ts';
import { findChild, findChildAt } from '../../../../../lib/repositories/objects/child-reads.ts';
import { keyOfChild } from '../../../../../lib/repositories/objects/children.ts';
import { getTree, readPoolMembers, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { newListener, newMember, newPool } from '../../../../fixtures/children.ts';
import { aMonitor, aPolicy, aRule } from '../../../../fixtures/render/tree.ts';
import { useTable } from '../../../../helpers/table.ts';
import { flowOf, storedLoadBalancer, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

/** One of every kind, with two pools. */
const oneOfEach = (owner: NewLoadBalancer): readonly Child[] => {
  const of = {
    load_balancer_id: owner.id,
    project_id: owner.project_id,
    provisioning_status: 'PENDING_CREATE' as const,
  };
  const pool = newPool(owner);
  const other = newPool(owner);
  const listener = newListener(owner, { default_pool_id: pool.id });
  const policy = aPolicy(1, { ...of, id: uuidv4(), listener_id: listener.id });
  return [
    { kind: 'listener', object: listener },
    { kind: 'pool', object: pool },
    { kind: 'pool', object: other },
    { kind: 'member', object: newMember(pool, { ip_address: '10.0.0.1' }) },
    { kind: 'member', object: newMember(pool, { ip_address: '2001:db8::1' }) },
    { kind: 'member', object: newMember(other, { ip_address: '10.0.0.1' }) },
    { kind: 'health_monitor', object: aMonitor(1, { ...of, id: uuidv4(), pool_id: pool.id }) },
    { kind: 'l7_policy', object: policy },
    { kind: 'l7_rule', object: aRule(1, { ...of, id: uuidv4(), l7policy_id: policy.id }) },
  ];
};

const stored = async () => {
  const children: Child[] = [];
  const amphorae = [uuidv4()];
  const { id } = await storedLoadBalancer(
    (owner) => {
      children.push(...oneOfEach(owner));
      return children;
    },
    { amphorae },
  );
  return { id, children };
};

describe('the tree of a load balancer', () => {
  it('has everything below it, with its latest changes', async () => {
    const { id, children } = await stored();
    const { tree, changes } = await readTree(id);
    const counts = [tree.listeners, tree.pools, tree.members, tree.health_monitors, tree.l7_policies, tree.l7_rules];
    expect(counts.map(({ length }) => length)).toEqual([1, 2, 3, 1, 1, 1]);
    expect(tree.amphorae).toHaveLength(1);
    expect([...changes.keys()].sort()).toEqual(children.map(({ object }) => object.id).sort());
  });

  it('can be read without its members', async () => {
    const { id } = await stored();
    const whole = await getTree(id);
    const { tree } = await readTree(id, { withMembers: false });
    expect(tree).toEqual({ ...whole, members: [] });
  });

  it('is not found when it is missing', async () => {
    await expect(readTree(uuidv4())).rejects.toThrow(LBNotFound);
  });

  it('answers the members of one pool alone', async () => {
    const { id } = await stored();
    const { pools } = await getTree(id);
    const sizes = await Promise.all(pools.map(async (pool) => (await readPoolMembers(id, pool.id)).members.length));
    expect(sizes.sort()).toEqual([1, 2]);
  });
});

describe('an object of a tree', () => {
  it('is found by its id and kind alone', async () => {
    const { children } = await stored();
    for (const { kind, object } of children) {
      const found = await findChild(kind, object.id);
      expect(found?.child.object).toMatchObject({ id: object.id, provisioning_status: 'ACTIVE' });
      expect(found?.state).toMatchObject({ was_applied: true });
    }
  });

  it('is not found as something else', async () => {
    const { children } = await stored();
    const pool = children.find(({ kind }) => kind === 'pool');
    expect(await findChild('listener', pool?.object.id ?? '')).toBeNull();
    expect(await findChild('pool', uuidv4())).toBeNull();
  });
});

describe('the removal of a tree', () => {
  it('takes every row and pointer, marks the amphorae, and may be done again', async () => {
    const { id, children } = await stored();
    const deletion = await commitLoadBalancerOperation(id, updateRequest, {
      allowed: ['ACTIVE'],
      to: 'PENDING_DELETE',
    });
    const before = await getTree(id);
    await removeChildren(flowOf(deletion), before);
    await removeChildren(flowOf(deletion), before);
    const after = await getTree(id);
    expect([...after.listeners, ...after.pools, ...after.members, ...after.l7_rules]).toEqual([]);
    expect(after.amphorae).toMatchObject([{ status: 'DELETED' }]);
    for (const child of children) {
      expect(await findChild(child.kind, child.object.id)).toBeNull();
      expect(await findChildAt(child.kind, keyOfChild(child))).toBeNull();
    }
  });
});
