import { describe, expect, it } from 'vitest';
import { createHealthMonitor } from '../../../../lib/changes/health-monitors.ts';
import { createL7Policy, createL7Rule, deleteL7Policy, updateL7Policy } from '../../../../lib/changes/l7.ts';
import { deleteListener, updateListener } from '../../../../lib/changes/listeners.ts';
import { batchMembers } from '../../../../lib/changes/member-batch.ts';
import { createMember, updateMember } from '../../../../lib/changes/members.ts';
import { deletePool, updatePool } from '../../../../lib/changes/pools.ts';
import { ImmutableChildError } from '../../../../lib/errors/conflict.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
import { aListener, aMember, aMonitor, aPolicy, aPool, aRule } from '../../../fixtures/render/tree.ts';
import { aRead } from './support.ts';

const failed = { provisioning_status: 'ERROR' } as const;
const state = aChangeState();
const read = aRead({ listeners: [aListener(1, failed)], pools: [aPool(1, failed)], l7_policies: [aPolicy(1, failed)] });
const { id: poolId } = aPool();

describe('trap 30: a parent in ERROR', () => {
  it.each([
    ['member', () => createMember(read, aMember())],
    ['members of a batch', () => batchMembers(read, poolId, [], [{ member: aMember(), updates: {} }], true)],
    ['health monitor', () => createHealthMonitor(read, aMonitor())],
    ['L7 policy', () => createL7Policy(read, aPolicy(2))],
    ['L7 rule', () => createL7Rule(read, aRule())],
  ])('takes no new %s', (_what, add) => expect(add).toThrow(ImmutableChildError));

  it.each([
    ['pool', () => updatePool(read, poolId, { name: 'other' })],
    ['pool, to be deleted', () => deletePool(read, poolId)],
    ['listener', () => updateListener(read, aListener().id, { name: 'other' })],
    ['listener, to be deleted', () => deleteListener(read, aListener().id)],
    ['L7 policy', () => updateL7Policy(read, aPolicy().id, { name: 'other' })],
    ['L7 policy, to be deleted', () => deleteL7Policy(read, aPolicy().id)],
    ['member that it has', () => updateMember(read, { member: aMember(), state }, { weight: 1 })],
    ['batch that adds nothing', () => batchMembers(read, poolId, [{ member: aMember(), state }], [], false)],
  ])('can be changed: %s', (_what, change) => expect(change).not.toThrow());
});
