import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { deleteHealthMonitor, updateHealthMonitor } from '../../../../../lib/changes/health-monitors.ts';
import { deleteL7Policy, deleteL7Rule, updateL7Policy, updateL7Rule } from '../../../../../lib/changes/l7.ts';
import { deleteListener, updateListener } from '../../../../../lib/changes/listeners.ts';
import { batchMembers } from '../../../../../lib/changes/member-batch.ts';
import { deleteMember, type MemberRead, updateMember } from '../../../../../lib/changes/members.ts';
import { deletePool, updatePool } from '../../../../../lib/changes/pools.ts';
import type { Read } from '../../../../../lib/changes/relations.ts';
import { MemberNotFound } from '../../../../../lib/errors/not-found.ts';
import type { Child, ChildKind } from '../../../../../lib/models/objects/child.ts';
import { effectiveTree } from '../../../../../lib/models/objects/effective-tree.ts';
import type { TreeChange } from '../../../../../lib/models/objects/tree-change.ts';
import { childrenOf } from '../../../../../lib/models/objects/tree-children.ts';
import type { FlowInput, Operation } from '../../../../../lib/models/operations/operation.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { settleFailed } from '../../../../../lib/repositories/locks/failed-settlement.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { removeChildren } from '../../../../../lib/repositories/locks/tree-removal.ts';
import { findChild } from '../../../../../lib/repositories/objects/child-reads.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { getTree, readPoolMembers, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { countObjects } from '../../../../../lib/repositories/quotas/count-objects.ts';
import { changeQuota } from '../../../../../lib/repositories/quotas/quotas.ts';
import { readUsage } from '../../../../../lib/repositories/quotas/usage.ts';
import { newListener, newMember, newMonitor, newPolicy, newPool, newRule } from '../../../../fixtures/children.ts';
import { useTable } from '../../../../helpers/table.ts';
import { alone, ended, flowOf, storedLoadBalancer, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

/** One of each kind, and a second listener for other changes. */
const storedTree = async (members = 1) => {
  const objects: Child[] = [];
  const projectId = randomUUID();
  // Something is limited, so everything is counted.
  await changeQuota(projectId, { load_balancer: 10 });
  const { id } = await storedLoadBalancer(
    (owner) => {
      const pool = newPool(owner);
      const listener = newListener(owner, { default_pool_id: pool.id });
      const policy = newPolicy(listener);
      objects.push(
        { kind: 'listener', object: newListener(owner, { protocol_port: 81, peer_port: 1026 }) },
        { kind: 'listener', object: listener },
        { kind: 'pool', object: pool },
        { kind: 'health_monitor', object: newMonitor(pool) },
        { kind: 'l7_policy', object: policy },
        { kind: 'l7_rule', object: newRule(policy) },
      );
      for (let last = 1; last <= members; last += 1) {
        objects.push({ kind: 'member', object: newMember(pool, { ip_address: `10.0.0.${last}` }) });
      }
      return objects;
    },
    { project_id: projectId },
  );
  const idOf = (kind: ChildKind) => String(objects.findLast((child) => child.kind === kind)?.object.id);
  return { id, projectId, idOf, otherListener: String(objects[0]?.object.id) };
};
type Stored = Awaited<ReturnType<typeof storedTree>>;

const memberIn = async (id: string): Promise<MemberRead> => {
  const found = await findChild('member', id);
  if (found === null) throw new MemberNotFound(id);
  return { member: found.child.object, state: found.state };
};

type Plan = (read: Read, id: string) => TreeChange | Promise<TreeChange>;
const DELETIONS: Readonly<Record<ChildKind, Plan>> = {
  listener: deleteListener,
  pool: deletePool,
  health_monitor: deleteHealthMonitor,
  l7_policy: deleteL7Policy,
  l7_rule: deleteL7Rule,
  member: async (read, id) => deleteMember(read, await memberIn(id)),
};
const UPDATES: Readonly<Record<ChildKind, Plan>> = {
  listener: (read, id) => updateListener(read, id, { name: 'kept' }),
  pool: (read, id) => updatePool(read, id, { name: 'kept' }),
  health_monitor: (read, id) => updateHealthMonitor(read, id, { name: 'kept' }),
  l7_policy: (read, id) => updateL7Policy(read, id, { name: 'kept' }),
  l7_rule: (read, id) => updateL7Rule(read, id, { value: '/kept' }),
  member: async (read, id) => updateMember(read, await memberIn(id), { name: 'kept' }),
};
const KINDS = Object.keys(DELETIONS).filter((kind): kind is ChildKind => Object.hasOwn(DELETIONS, kind));

const change = (id: string, plan: (read: Read) => TreeChange | Promise<TreeChange>): Promise<Operation> =>
  commitChange(id, alone(plan));

const succeed = async (operation: Operation): Promise<void> => {
  const flow: FlowInput = flowOf(operation);
  const id = String(flow.loadbalancer_id);
  await closeForSettling(flow, (await getLoadBalancer(id)).generation);
  await settleRows(flow, await readTree(id));
  await settle(flow, ended);
};

/** As MarkChangesErrorInDB does, also after the last lost execution. */
const fail = (operation: Operation): Promise<void> => settleFailed(flowOf(operation), 'ACTIVE');

const deletionFails = async (stored: Stored, kind: ChildKind): Promise<void> =>
  await fail(await change(stored.id, (read) => DELETIONS[kind](read, stored.idOf(kind))));

const anotherChange = ({ id, otherListener }: Stored): Promise<Operation> =>
  change(id, (read) => updateListener(read, otherListener, { connection_limit: 7 }));

const statusIn = async ({ id }: Stored, objectId: string): Promise<string | null> =>
  childrenOf(await getTree(id)).find(({ object }) => object.id === objectId)?.object.provisioning_status ?? null;

const expectCounted = async ({ projectId }: Stored): Promise<void> => {
  const [{ inUse }, { counts }] = await Promise.all([readUsage(projectId), countObjects(projectId)]);
  expect(inUse).toEqual(counts);
};

describe('a deletion that failed', () => {
  it.each(KINDS)(
    'is in ERROR and in no configuration, and succeeds with the next change that does: %s',
    async (kind) => {
      const stored = await storedTree();
      const deleted = stored.idOf(kind);
      await deletionFails(stored, kind);
      expect(await statusIn(stored, deleted)).toBe('ERROR');
      const { tree, changes } = await readTree(stored.id);
      expect(childrenOf(effectiveTree(tree, changes)).map(({ object }) => object.id)).not.toContain(deleted);
      await expectCounted(stored);
      await fail(await anotherChange(stored));
      expect(await statusIn(stored, deleted)).toBe('ERROR');
      await succeed(await anotherChange(stored));
      expect(await statusIn(stored, deleted)).toBeNull();
      expect(await findChild(kind, deleted)).toBeNull();
      expect(JSON.stringify(await getTree(stored.id))).not.toMatch(/ERROR"|PENDING/);
      await expectCounted(stored);
    },
  );

  it.each(KINDS)('is withdrawn by an update of the object: %s', async (kind) => {
    const stored = await storedTree();
    const id = stored.idOf(kind);
    await deletionFails(stored, kind);
    await succeed(await change(stored.id, (read) => UPDATES[kind](read, id)));
    expect(await statusIn(stored, id)).toBe('ACTIVE');
    await succeed(await anotherChange(stored));
    expect(await statusIn(stored, id)).toBe('ACTIVE');
    await expectCounted(stored);
  });

  it.each(KINDS)('is done by a second deletion: %s', async (kind) => {
    const stored = await storedTree();
    await deletionFails(stored, kind);
    await succeed(await change(stored.id, (read) => DELETIONS[kind](read, stored.idOf(kind))));
    expect(await statusIn(stored, stored.idOf(kind))).toBeNull();
    await expectCounted(stored);
  });

  it('is counted once when the whole load balancer is deleted', async () => {
    const stored = await storedTree();
    await deletionFails(stored, 'pool');
    const commit = { allowed: ['ACTIVE'], to: 'PENDING_DELETE', deletes: true } as const;
    const flow = flowOf(await commitLoadBalancerOperation(stored.id, updateRequest, commit));
    await removeChildren(flow, await getTree(stored.id));
    await removeChildren(flow, await getTree(stored.id));
    await expectCounted(stored);
    expect((await readUsage(stored.projectId)).inUse).toMatchObject({ pool: 0, member: 0, listener: 0 });
  });

  it('concerns every member that a batch leaves out, also when their rows are staged', async () => {
    const stored = await storedTree(120);
    const poolId = stored.idOf('pool');
    const empty = await change(stored.id, async (read) => {
      const { members, changes } = await readPoolMembers(stored.id, poolId);
      const existing = members.flatMap((member) => {
        const state = changes.get(member.id);
        return state === undefined ? [] : [{ member, state }];
      });
      return batchMembers(read, poolId, existing, [], false);
    });
    await fail(empty);
    const { tree, changes } = await readTree(stored.id);
    expect(new Set(tree.members.map(({ provisioning_status }) => provisioning_status))).toEqual(new Set(['ERROR']));
    expect(effectiveTree(tree, changes).members).toEqual([]);
    await succeed(await anotherChange(stored));
    expect((await getTree(stored.id)).members).toEqual([]);
    await expectCounted(stored);
  });

  it('of an object that was never applied is wanted as well', async () => {
    const stored = await storedTree();
    const pool = (await getTree(stored.id)).pools[0];
    if (pool === undefined) throw new Error('no pool');
    const member = newMember(pool, { ip_address: '10.9.9.9' });
    await fail(await change(stored.id, () => ({ creates: [{ kind: 'member', object: member }] })));
    await fail(await change(stored.id, async (read) => deleteMember(read, await memberIn(member.id))));
    await succeed(await anotherChange(stored));
    expect(await statusIn(stored, member.id)).toBeNull();
    await expectCounted(stored);
  });

  it('of a health monitor leaves the members without one', async () => {
    const stored = await storedTree();
    await deletionFails(stored, 'health_monitor');
    await succeed(await anotherChange(stored));
    expect((await getTree(stored.id)).members).toMatchObject([{ operating_status: 'NO_MONITOR' }]);
  });
});
