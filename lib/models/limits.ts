import type { Flow, Operation } from './operation.ts';

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

const FAILOVERS: readonly Flow[] = ['failover-load-balancer', 'failover-amphora'];
/** Work that nobody waits for: spares, and the upkeep of amphorae. */
const SPARE: readonly Flow[] = ['create-amphora', 'rotate-amphora-certificate', 'update-amphora-agent-config'];

const buildsOf = ({ flow, input }: Pick<Operation, 'flow' | 'input'>): number => {
  if (flow === 'create-load-balancer') return Array.isArray(input.amphorae) ? input.amphorae.length : 1;
  return flow === 'create-amphora' || FAILOVERS.includes(flow) ? 1 : 0;
};

export const contenderOf = (operation: Operation): Contender => ({
  operation_id: operation.id,
  flow: operation.flow,
  project_id: operation.project_id,
  builds: buildsOf(operation),
  since: operation.created_at,
});

interface Need {
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
  const failover = FAILOVERS.includes(flow);
  const asked: readonly (readonly [LimitName, string, number])[] = [
    ['operations', 'operations', 1],
    // A tenant's own crowd must not hold up the repair of what the tenant has.
    ['project_operations', `project_operations#${project_id}`, project_id === null || failover ? 0 : 1],
    ['failovers', 'failovers', failover ? 1 : 0],
    ['builds', 'builds', builds],
  ];
  return asked.flatMap(([limit, scope, units]) => {
    const of = limits[limit];
    // Two amphorae under a limit of one: the operation is let in when it is alone.
    return of < 0 || units === 0 ? [] : [{ limit, scope, units: Math.min(units, Math.max(of, 1)), of }];
  });
};

/** True when a limit is on for operations of that kind: the end of one may make room for another. */
export const isFlowLimited = (flow: Flow, limits: Limits): boolean =>
  needsOf({ flow, project_id: '', builds: buildsOf({ flow, input: {} }) }, limits).length > 0;

/** Milliseconds after which spare work stands in line with what tenants ask for, so that it comes to its turn. */
const AGED_MS = 600_000;

/** Failovers, then what tenants ask for, then spares. */
const priorityOf = ({ flow, since }: Contender, now: number): number => {
  if (FAILOVERS.includes(flow)) return 0;
  return SPARE.includes(flow) && now - Date.parse(since) < AGED_MS ? 2 : 1;
};

/** Ids of operations grow with time, so they are the order within a priority. */
const inOrder = (waiting: readonly Contender[], now: number): readonly Contender[] =>
  waiting.toSorted((a, b) => priorityOf(a, now) - priorityOf(b, now) || (a.operation_id < b.operation_id ? -1 : 1));

/** Where an operation waits: behind so many others for that limit, itself counted. */
export interface Place {
  readonly limit: LimitName;
  readonly position: number;
}

export interface Decision {
  readonly admitted: readonly Contender[];
  /** By operation; everybody who is not admitted. */
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * Who of those waiting may begin. In order of priority and time each takes all it needs or nothing. Whoever lacks a
 * limit that nobody before lacks keeps a place in its others, so that it cannot be passed for ever by those who need
 * less; everybody behind who needs other limits only goes on.
 */
export const decide = (
  limits: Limits,
  holders: readonly Contender[],
  waiting: readonly Contender[],
  now: number,
): Decision => {
  const used = new Map<string, number>();
  const take = ({ scope, units }: Need): void => {
    used.set(scope, (used.get(scope) ?? 0) + units);
  };
  const fits = ({ scope, units, of }: Need): boolean => units <= of - (used.get(scope) ?? 0);
  for (const holder of holders) for (const need of needsOf(holder, limits)) take(need);

  const admitted: Contender[] = [];
  const places = new Map<string, Place>();
  const lines = new Map<string, number>();
  for (const contender of inOrder(waiting, now)) {
    const needs = needsOf(contender, limits);
    const lacked = needs.find((need) => lines.has(need.scope) || !fits(need));
    if (lacked === undefined) {
      for (const need of needs) take(need);
      admitted.push(contender);
      continue;
    }
    const ahead = lines.get(lacked.scope) ?? 0;
    if (ahead === 0) for (const need of needs) if (need !== lacked && fits(need)) take(need);
    lines.set(lacked.scope, ahead + 1);
    places.set(contender.operation_id, { limit: lacked.limit, position: ahead + 1 });
  }
  return { admitted, places };
};
