import { describe, expect, it } from 'vitest';
import type { LoadBalancerTree } from '../../../../../lib/models/objects/tree.ts';
import { childrenOf, doomedIds } from '../../../../../lib/models/objects/tree-children.ts';
import { aChangeState } from '../../../../fixtures/change-state.ts';
import { aListener, aMember, aMonitor, aPolicy, aPool, aRule, aTree } from '../../../../fixtures/render/tree.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;
const rest = { members: [aMember()], health_monitors: [aMonitor()], l7_policies: [aPolicy()], l7_rules: [aRule()] };
const tree = aTree({ listeners: [aListener()], pools: [aPool()], ...rest });

describe('the children of a tree', () => {
  it('come with every one behind all that hangs on it', () => {
    expect(childrenOf(tree).map(({ kind }) => kind)).toEqual([
      'l7_rule',
      'l7_policy',
      'health_monitor',
      'member',
      'pool',
      'listener',
    ]);
  });
});

const doomed = (of: LoadBalancerTree) => doomedIds(of, new Map());

describe('what goes with a deletion', () => {
  it('is nothing while nothing is deleted', () => {
    expect(doomed(tree)).toEqual(new Set());
  });

  it('is the pool with its members and monitor', () => {
    expect(doomed({ ...tree, pools: [aPool(1, leaving)] })).toEqual(new Set([aPool().id, aMember().id, aMonitor().id]));
  });

  it('is the listener with its policies and their rules', () => {
    expect(doomed({ ...tree, listeners: [aListener(1, leaving)] })).toEqual(
      new Set([aListener().id, aPolicy().id, aRule().id]),
    );
  });

  it('is the same when the deletion failed before, and is still wanted', () => {
    const failed = new Map([[aPool().id, aChangeState({ deletion_failed: true })]]);
    expect(doomedIds(tree, failed)).toEqual(new Set([aPool().id, aMember().id, aMonitor().id]));
  });

  it('is one object alone when nothing hangs on it', () => {
    expect(doomed({ ...tree, members: [aMember(1, leaving)] })).toEqual(new Set([aMember().id]));
  });
});
