import type { FlowInput } from '../models/operation.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import type { LoadBalancerTree } from '../models/tree.ts';
import { transactFenced } from './fence.ts';
import { REMOVE, setExpression } from './table/expressions.ts';
import { amphoraKey, childKey, pointerKey, RowType, Work } from './table/keys.ts';
import { inTable, type TransactItem } from './table/transact.ts';

/** A transaction takes 100 items; one of them is the fence. */
const CHUNK = 98;

const childrenOf = (tree: LoadBalancerTree): readonly { readonly type: RowType; readonly id: string }[] => [
  ...tree.l7_rules.map(({ id }) => ({ type: RowType.L7_RULE, id })),
  ...tree.l7_policies.map(({ id }) => ({ type: RowType.L7_POLICY, id })),
  ...tree.members.map(({ id }) => ({ type: RowType.MEMBER, id })),
  ...tree.health_monitors.map(({ id }) => ({ type: RowType.HEALTH_MONITOR, id })),
  ...tree.pools.map(({ id }) => ({ type: RowType.POOL, id })),
  ...tree.listeners.map(({ id }) => ({ type: RowType.LISTENER, id })),
];

const markDeleted = (id: string, loadBalancerId: string, now: string): TransactItem => ({
  Update: {
    ...inTable(),
    Key: amphoraKey(id, loadBalancerId),
    ...setExpression({
      status: AmphoraStatus.DELETED,
      updated_at: now,
      type_key: REMOVE,
      work_key: Work.DELETED,
      work_at: now,
    }),
    ConditionExpression: 'attribute_exists(pk)',
  },
});

/**
 * Removes everything below a load balancer that is being deleted, and marks its amphorae DELETED. Members first and
 * listeners last, so that a death in between leaves no child without its parent.
 * @throws OperationSuperseded
 */
export const removeChildren = async (flow: FlowInput, tree: LoadBalancerTree): Promise<void> => {
  const loadBalancerId = tree.load_balancer.id;
  const now = new Date().toISOString();
  const writes: TransactItem[] = [
    ...childrenOf(tree).flatMap(({ type, id }) => [
      { Delete: { ...inTable(), Key: childKey(loadBalancerId, type, id) } },
      { Delete: { ...inTable(), Key: pointerKey(id) } },
    ]),
    ...tree.amphorae
      .filter(({ status }) => status !== AmphoraStatus.DELETED)
      .map(({ id }) => markDeleted(id, loadBalancerId, now)),
  ];
  for (let from = 0; from < writes.length; from += CHUNK) {
    await transactFenced(flow, writes.slice(from, from + CHUNK));
  }
};
