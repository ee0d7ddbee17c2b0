import { expect, it } from 'vitest';
import { fullView } from '../../../../../functions/api/load-balancers/full-view.ts';
import type { LoadBalancerTree } from '../../../../../lib/models/tree.ts';
import { newListener, newMember, newPool } from '../../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';

/** Listeners that share one pool of so many members. */
const treeOf = (listeners: number, members: number): LoadBalancerTree => {
  const owner = newLoadBalancer();
  const pool = newPool(owner);
  return {
    load_balancer: {
      ...owner,
      lock: null,
      fence: 1,
      generation: 1,
      ingress_checksum: null,
      staged_operation_id: null,
      incomplete: false,
    },
    listeners: Array.from({ length: listeners }, () => newListener(owner, { default_pool_id: pool.id })),
    pools: [pool],
    members: Array.from({ length: members }, () => newMember(pool)),
    health_monitors: [],
    l7_policies: [],
    l7_rules: [],
    amphorae: [],
  };
};

it('shows all that hangs on a load balancer', () => {
  const tree = treeOf(2, 3);
  const view = fullView(tree);
  const members = tree.members.map(({ id }) => expect.objectContaining({ id }));
  expect(view.listeners).toEqual(
    [1, 2].map(() => expect.objectContaining({ default_pool: expect.objectContaining({ members }) })),
  );
  expect(view.pools).toEqual([expect.objectContaining({ members })]);
});

it('shows ids where that would be more than an answer may have', () => {
  const tree = treeOf(200, 1_000);
  const view = fullView(tree);
  expect(view.listeners).toEqual(tree.listeners.map(({ id }) => ({ id })));
  expect(view.pools).toEqual(tree.pools.map(({ id }) => ({ id })));
  expect(view.name).toBe('web');
});
