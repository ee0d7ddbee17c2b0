import type { L7Policy, L7Rule } from './l7.ts';
import type { Listener } from './listener.ts';
import type { HealthMonitor, Member, Pool } from './pool.ts';

/** What an object of each kind is. `KINDS` holds the facts about each. */
export interface ChildObjects {
  readonly listener: Listener;
  readonly pool: Pool;
  readonly member: Member;
  readonly health_monitor: HealthMonitor;
  readonly l7_policy: L7Policy;
  readonly l7_rule: L7Rule;
}

export type ChildKind = keyof ChildObjects;

/** One object below a load balancer, with its kind. */
export type Child<Of extends ChildKind = ChildKind> = {
  readonly [Kind in Of]: { readonly kind: Kind; readonly object: ChildObjects[Kind] };
}[Of];

/** One object below a load balancer, by its id. */
export interface ChildName {
  readonly type: ChildKind;
  readonly id: string;
}

export const nameOfChild = ({ kind, object }: Child): ChildName => ({ type: kind, id: object.id });
