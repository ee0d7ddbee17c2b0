import { FLOW_FACTS } from '../flows.ts';
import { type Contender, type LimitName, type Limits, type Need, needsOf } from './limits.ts';

/** Milliseconds after which upkeep is queued with what tenants ask for, so that it has its turn. */
const AGED_MS = 600_000;

const RANK = { repair: 0, request: 1, upkeep: 2 };

const rankOf = ({ flow, since }: Contender, now: number): number => {
  const { priority } = FLOW_FACTS[flow];
  return priority === 'upkeep' && now - Date.parse(since) >= AGED_MS ? RANK.request : RANK[priority];
};

/** Ids of operations grow with time, so they are the order within a priority. */
const inOrder = (waiting: readonly Contender[], now: number): readonly Contender[] =>
  waiting.toSorted((a, b) => rankOf(a, now) - rankOf(b, now) || (a.operation_id < b.operation_id ? -1 : 1));

/** Where an operation waits: behind so many others for that limit, itself counted. */
export interface QueuePosition {
  readonly limit: LimitName;
  readonly position: number;
}

export interface Decision {
  readonly admitted: readonly Contender[];
  /** By operation; every queued one. */
  readonly positions: ReadonlyMap<string, QueuePosition>;
}

/**
 * The queued operations that may start. In order of priority and time each takes all it needs or nothing. The first
 * operation blocked on a limit reserves its share of the other limits, so smaller operations cannot starve it;
 * operations behind it that need other limits only go on.
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
  const positions = new Map<string, QueuePosition>();
  const queued = new Map<string, number>();
  for (const contender of inOrder(waiting, now)) {
    const needs = needsOf(contender, limits);
    const lacked = needs.find((need) => queued.has(need.scope) || !fits(need));
    if (lacked === undefined) {
      for (const need of needs) take(need);
      admitted.push(contender);
      continue;
    }
    const ahead = queued.get(lacked.scope) ?? 0;
    if (ahead === 0) for (const need of needs) if (need !== lacked && fits(need)) take(need);
    queued.set(lacked.scope, ahead + 1);
    positions.set(contender.operation_id, { limit: lacked.limit, position: ahead + 1 });
  }
  return { admitted, positions };
};
