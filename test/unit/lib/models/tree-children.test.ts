import { describe, expect, it } from 'vitest';
import { childrenOf, doomedIds } from '../../../../lib/models/tree-children.ts';
import { aListener, aMember, aMonitor, aPolicy, aPool, aRule, aTree } from '../../../fixtures/render/tree.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;
const rest = { members: [aMember()], health_monitors: [aMonitor()], l7_policies: [aPolicy()], l7_rules: [aRule()] };
const tree = aTree({ listeners: [aListener()], pools: [aPool()], ...rest });

describe('the children of a tree', () => {
  it('come with every one behind all that hangs on it', () => {
    expect(childrenOf(tree).map(({ kind }) => kind)).toEqual([
      'l7_rule',
      'l7_policy',
      'member',
      'health_monitor',
      'pool',
      'listener',
    ]);
  });
});

describe('what goes with a deletion', () => {
  it('is nothing while nothing is deleted', () => {
    expect(doomedIds(tree)).toEqual(new Set());
  });

  it('is the pool with its members and monitor', () => {
    expect(doomedIds({ ...tree, pools: [aPool(1, leaving)] })).toEqual(
      new Set([aPool().id, aMember().id, aMonitor().id]),
    );
  });

  it('is the listener with its policies and their rules', () => {
    expect(doomedIds({ ...tree, listeners: [aListener(1, leaving)] })).toEqual(
      new Set([aListener().id, aPolicy().id, aRule().id]),
    );
  });

  it('is one object alone when nothing hangs on it', () => {
    expect(doomedIds({ ...tree, members: [aMember(1, leaving)] })).toEqual(new Set([aMember().id]));
  });
});
