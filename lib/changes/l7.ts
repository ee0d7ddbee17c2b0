import { isBeingDeleted } from '../models/objects/change.ts';
import type { Child } from '../models/objects/child.ts';
import type { L7Policy, L7Rule } from '../models/objects/l7.ts';
import type { TreeChange } from '../models/objects/tree-change.ts';
import { asListener, objectIn, parentIn, type Read, stateOf, staying } from './relations.ts';

const asPolicy = (object: L7Policy): Child => ({ kind: 'l7_policy', object });
const asRule = (object: L7Rule): Child => ({ kind: 'l7_rule', object });

/** The listener's policies that stay, in their order, without the given one. */
const others = (read: Read, listenerId: string, except: string): readonly L7Policy[] =>
  staying(read, read.tree.l7_policies)
    .filter(({ id, listener_id }) => listener_id === listenerId && id !== except)
    .sort((a, b) => a.position - b.position);

/** Positions are dense from 1; a position past the end appends. */
const withPosition = (rest: readonly L7Policy[], wanted: number) => {
  const position = Math.min(wanted, rest.length + 1);
  return {
    position,
    moved: rest.map((policy, index) => ({ policy, to: index + 1 < position ? index + 1 : index + 2 })),
  };
};

const moves = (read: Read, moved: readonly { readonly policy: L7Policy; readonly to: number }[]) =>
  moved
    .filter(({ policy, to }) => policy.position !== to)
    .map(({ policy, to }) => ({
      child: asPolicy(policy),
      state: stateOf(read, policy.id),
      changes: { position: to },
    }));

const checkPool = (read: Read, poolId: string | null): void => {
  if (poolId !== null) objectIn(read, 'pool', poolId);
};

/** @throws ListenerNotFound @throws PoolNotFound @throws ImmutableChildError */
export const createL7Policy = (read: Read, policy: L7Policy, rules: readonly L7Rule[] = []): TreeChange => {
  const listener = parentIn(read, 'listener', policy.listener_id);
  checkPool(read, policy.redirect_pool_id);
  const { position, moved } = withPosition(others(read, listener.id, policy.id), policy.position);
  return {
    creates: [asPolicy({ ...policy, position }), ...rules.map(asRule)],
    updates: moves(read, moved),
    parents: [asListener(listener)],
  };
};

export type L7PolicyUpdates = Partial<
  Omit<L7Policy, 'id' | 'project_id' | 'load_balancer_id' | 'listener_id' | 'created_at'>
>;

/** @throws L7PolicyNotFoundError @throws PoolNotFound @throws ImmutableChildError */
export const updateL7Policy = (read: Read, id: string, changes: L7PolicyUpdates): TreeChange => {
  const policy = objectIn(read, 'l7_policy', id, isBeingDeleted);
  checkPool(read, { ...policy, ...changes }.redirect_pool_id);
  const listener = objectIn(read, 'listener', policy.listener_id);
  const { position, moved } = withPosition(others(read, listener.id, id), changes.position ?? policy.position);
  return {
    updates: [
      { child: asPolicy(policy), state: stateOf(read, id), changes: { ...changes, position } },
      ...moves(read, moved),
    ],
    parents: [asListener(listener)],
  };
};

/** @throws L7PolicyNotFoundError @throws ImmutableChildError */
export const deleteL7Policy = (read: Read, id: string): TreeChange => {
  const policy = objectIn(read, 'l7_policy', id, isBeingDeleted);
  const rest = others(read, policy.listener_id, id);
  return {
    deletes: [{ child: asPolicy(policy), state: stateOf(read, id) }],
    updates: moves(
      read,
      rest.map((other, index) => ({ policy: other, to: index + 1 })),
    ),
    parents: [asListener(objectIn(read, 'listener', policy.listener_id))],
  };
};

const parentsOfRule = (read: Read, rule: L7Rule): readonly [policy: Child, listener: Child] => {
  const policy = objectIn(read, 'l7_policy', rule.l7policy_id);
  return [asPolicy(policy), asListener(objectIn(read, 'listener', policy.listener_id))];
};

/** A new policy that was refused, perhaps for this rule, is tried again with what becomes of the rule. */
const alongWithRule = (read: Read, rule: L7Rule): Required<Pick<TreeChange, 'parents' | 'updates'>> => {
  const [policy, listener] = parentsOfRule(read, rule);
  const state = stateOf(read, rule.l7policy_id);
  if (!state.rejected || state.was_applied) return { updates: [], parents: [policy, listener] };
  return { updates: [{ child: policy, state, changes: {} }], parents: [listener] };
};

/** @throws L7PolicyNotFoundError @throws ImmutableChildError */
export const createL7Rule = (read: Read, rule: L7Rule): TreeChange => {
  parentIn(read, 'l7_policy', rule.l7policy_id);
  return { creates: [asRule(rule)], parents: parentsOfRule(read, rule) };
};

export type L7RuleUpdates = Partial<
  Omit<L7Rule, 'id' | 'project_id' | 'load_balancer_id' | 'l7policy_id' | 'created_at'>
>;

/** @throws L7RuleNotFoundError @throws ImmutableChildError */
export const updateL7Rule = (read: Read, id: string, changes: L7RuleUpdates): TreeChange => {
  const rule = objectIn(read, 'l7_rule', id, isBeingDeleted);
  const { updates, parents } = alongWithRule(read, rule);
  return { updates: [{ child: asRule(rule), state: stateOf(read, id), changes }, ...updates], parents };
};

/** @throws L7RuleNotFoundError @throws ImmutableChildError */
export const deleteL7Rule = (read: Read, id: string): TreeChange => {
  const rule = objectIn(read, 'l7_rule', id, isBeingDeleted);
  return { deletes: [{ child: asRule(rule), state: stateOf(read, id) }], ...alongWithRule(read, rule) };
};
