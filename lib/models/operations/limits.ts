import { FLOW_FACTS, type Flow } from '../flows.ts';
import type { Operation } from './operation.ts';

/** How much of everything may run at the same time; -1 for any number. */
export type Limits = Readonly<Record<LimitName, number>>;
export type LimitName = 'operations' | 'builds' | 'failovers' | 'project_operations';

/** An operation as the limits see it. */
export interface Contender {
  readonly operation_id: string;
  readonly flow: Flow;
  readonly project_id: string | null;
  /** Amphorae it builds at the same time. */
  readonly builds: number;
  /** ISO 8601, UTC: when it was committed. */
  readonly since: string;
}

const buildsOf = ({ flow, input }: Pick<Operation, 'flow' | 'input'>): number => {
  // A spare is built already; that it may have to be built again does not count.
  if (input.spare === true) return 0;
  const { comes, buildsAtOnce } = FLOW_FACTS[flow];
  if (comes === 'none') return 0;
  return buildsAtOnce && Array.isArray(input.amphorae) ? input.amphorae.length : 1;
};

export const contenderOf = (operation: Operation): Contender => ({
  operation_id: operation.id,
  flow: operation.flow,
  project_id: operation.project_id,
  builds: buildsOf(operation),
  since: operation.created_at,
});

export interface Need {
  readonly limit: LimitName;
  /** What is counted together: the limit, or the limit of one project. */
  readonly scope: string;
  readonly units: number;
  readonly of: number;
}

/** What an operation takes of each limit that is on; none of them, and it need not wait. */
export const needsOf = (
  contender: Pick<Contender, 'flow' | 'project_id' | 'builds'>,
  limits: Limits,
): readonly Need[] => {
  const { flow, project_id, builds } = contender;
  const failover = FLOW_FACTS[flow].priority === 'repair';
  const asked: readonly (readonly [LimitName, string, number])[] = [
    ['operations', 'operations', 1],
    // A tenant's own crowd must not hold up the repair of what the tenant has.
    ['project_operations', `project_operations#${project_id}`, project_id === null || failover ? 0 : 1],
    ['failovers', 'failovers', failover ? 1 : 0],
    ['builds', 'builds', builds],
  ];
  return asked.flatMap(([limit, scope, units]) => {
    const of = limits[limit];
    // Two amphorae under a limit of one: the operation is admitted when it is alone.
    return of < 0 || units === 0 ? [] : [{ limit, scope, units: Math.min(units, Math.max(of, 1)), of }];
  });
};

/** True when a limit is on for operations of that kind: the end of one may make room for another. */
export const isFlowLimited = (flow: Flow, limits: Limits): boolean =>
  needsOf({ flow, project_id: '', builds: buildsOf({ flow, input: {} }) }, limits).length > 0;
