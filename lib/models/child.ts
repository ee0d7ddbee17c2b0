import type { L7Policy, L7Rule } from './l7.ts';
import type { Listener } from './listener.ts';
import type { HealthMonitor, Member, Pool } from './pool.ts';

/** One object below a load balancer, with its kind. */
export type Child =
  | { readonly kind: 'listener'; readonly object: Listener }
  | { readonly kind: 'pool'; readonly object: Pool }
  | { readonly kind: 'member'; readonly object: Member }
  | { readonly kind: 'health_monitor'; readonly object: HealthMonitor }
  | { readonly kind: 'l7_policy'; readonly object: L7Policy }
  | { readonly kind: 'l7_rule'; readonly object: L7Rule };

export type ChildKind = Child['kind'];

/** Parents before what hangs on them. */
export const CHILD_KINDS = [
  'listener',
  'pool',
  'health_monitor',
  'member',
  'l7_policy',
  'l7_rule',
] as const satisfies readonly ChildKind[];

/** One object below a load balancer, by its id. */
export interface ChildName {
  readonly type: ChildKind;
  readonly id: string;
}

/** What an object of each kind is. */
export type ChildObjects = { readonly [Kind in ChildKind]: Extract<Child, { readonly kind: Kind }>['object'] };

export const nameOfChild = ({ kind, object }: Child): ChildName => ({ type: kind, id: object.id });
