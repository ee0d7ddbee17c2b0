import type { ApiDependencies } from '../../../../../functions/api/request/dependencies.ts';
import * as healthMonitors from '../../../../../lib/changes/health-monitors.ts';
import * as l7 from '../../../../../lib/changes/l7.ts';
import * as listeners from '../../../../../lib/changes/listeners.ts';
import { batchMembers } from '../../../../../lib/changes/member-batch.ts';
import * as members from '../../../../../lib/changes/members.ts';
import * as pools from '../../../../../lib/changes/pools.ts';
import { stateOf } from '../../../../../lib/changes/relations.ts';
import { DuplicateMemberError } from '../../../../../lib/errors/conflict.ts';
import type { ChildKind } from '../../../../../lib/models/objects/child.ts';
import { type ChangeCommit, commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { findChild, findChildAt } from '../../../../../lib/repositories/objects/child-reads.ts';
import { readPoolMembers } from '../../../../../lib/repositories/objects/trees.ts';
import { memberKey } from '../../../../../lib/repositories/table/keys.ts';
import type { OperationHandle } from '../../../../../lib/worker/operation-handle.ts';

/** Commits changes below load balancers as the real worker does, and starts nothing. */
export const committingChanges: ApiDependencies['changes'] = (requester) => {
  const change = async (loadBalancerId: string, plan: ChangeCommit['plan']): Promise<OperationHandle> => {
    const commit = { request: { flow: 'apply-changes', requester }, plan, exclusive: true } as const;
    const operation = await commitChange(loadBalancerId, commit);
    return { operationId: operation.id, executionArn: '', resourceId: loadBalancerId, wait: async () => operation };
  };
  const stored = async <Kind extends ChildKind>(kind: Kind, id: string) => {
    const found = await findChild(kind, id);
    if (found === null) throw new Error(`${kind} ${id} is not there`);
    return found;
  };
  const below = async (kind: ChildKind, id: string, plan: ChangeCommit['plan']) => {
    const { child } = await stored(kind, id);
    return await change(child.object.load_balancer_id, plan);
  };
  const member = async (id: string): Promise<members.MemberRead> => {
    const { child, state } = await stored('member', id);
    return { member: child.object, state };
  };
  return {
    createListener: (object, below) =>
      change(object.load_balancer_id, (read) => listeners.createListener(read, object, below)),
    updateListener: (id, updates) => below('listener', id, (read) => listeners.updateListener(read, id, updates)),
    deleteListener: (id) => below('listener', id, (read) => listeners.deleteListener(read, id)),
    createPool: (object, listenerId = null, below = []) =>
      change(object.load_balancer_id, (read) => pools.createPool(read, object, listenerId, below)),
    updatePool: (id, updates) => below('pool', id, (read) => pools.updatePool(read, id, updates)),
    deletePool: (id) => below('pool', id, (read) => pools.deletePool(read, id)),
    createMember: (object) =>
      change(object.load_balancer_id, async (read) => {
        const { ip_address, protocol_port } = object;
        if ((await findChildAt('member', memberKey(object))) !== null) {
          throw new DuplicateMemberError(ip_address, protocol_port);
        }
        return members.createMember(read, object);
      }),
    updateMember: (id, updates) =>
      below('member', id, async (read) => members.updateMember(read, await member(id), updates)),
    deleteMember: (id) => below('member', id, async (read) => members.deleteMember(read, await member(id))),
    batchUpdateMembers: (poolId, wanted, { additiveOnly = false } = {}) =>
      below('pool', poolId, async (read) => {
        const { members: present, changes } = await readPoolMembers(read.tree.load_balancer.id, poolId);
        const existing = present.map((one) => ({ member: one, state: stateOf({ ...read, changes }, one.id) }));
        return batchMembers(read, poolId, existing, wanted, additiveOnly);
      }),
    createHealthMonitor: (object) =>
      change(object.load_balancer_id, (read) => healthMonitors.createHealthMonitor(read, object)),
    updateHealthMonitor: (id, updates) =>
      below('health_monitor', id, (read) => healthMonitors.updateHealthMonitor(read, id, updates)),
    deleteHealthMonitor: (id) => below('health_monitor', id, (read) => healthMonitors.deleteHealthMonitor(read, id)),
    createL7Policy: (object, rules = []) =>
      change(object.load_balancer_id, (read) => l7.createL7Policy(read, object, rules)),
    updateL7Policy: (id, updates) => below('l7_policy', id, (read) => l7.updateL7Policy(read, id, updates)),
    deleteL7Policy: (id) => below('l7_policy', id, (read) => l7.deleteL7Policy(read, id)),
    createL7Rule: (object) => change(object.load_balancer_id, (read) => l7.createL7Rule(read, object)),
    updateL7Rule: (id, updates) => below('l7_rule', id, (read) => l7.updateL7Rule(read, id, updates)),
    deleteL7Rule: (id) => below('l7_rule', id, (read) => l7.deleteL7Rule(read, id)),
  };
};
