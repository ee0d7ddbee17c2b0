import type { Row as RowOf } from '../../rows.ts';
import type { Difference } from '../compare.ts';
import { routeOf } from '../coverage.ts';
import type { Draft } from '../generate/steps.ts';
import type { Played } from '../play.ts';

/** A deliberate difference, and requests of which the last one shows it. */
export interface Row extends RowOf<Difference, Played> {
  readonly example: readonly Draft[];
  /** It is in that answer alone: what both have afterwards is the same. @default false */
  readonly passing?: boolean;
}

export type Condition = Row['covers'];

export const textOf = (body: unknown): string => (typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));

/** All of these hold. */
export const all =
  (...conditions: readonly Condition[]): Condition =>
  (difference, played) =>
    conditions.every((one) => one(difference, played));

/** One of these holds. */
export const either =
  (...conditions: readonly Condition[]): Condition =>
  (difference, played) =>
    conditions.some((one) => one(difference, played));

/** A request of that method to that path below the version and its root. */
export const request =
  (method: string, path: RegExp): Condition =>
  (_difference, { step }) =>
    new RegExp(`^${method}$`).test(step.method) && path.test(routeOf(step.path));

/** Two statuses that differ, these ones; undefined for any. */
export const statuses =
  (ours: number | undefined, upstream?: number): Condition =>
  ({ at }, played) =>
    at === 'status' &&
    (ours === undefined || played.ours.status === ours) &&
    (upstream === undefined || played.upstream.status === upstream);

/** What our answer says. */
export const says =
  (text: RegExp): Condition =>
  (_difference, { ours }) =>
    text.test(textOf(ours.body));

/** What upstream's answer says. */
export const upstreamSays =
  (text: RegExp): Condition =>
  (_difference, { upstream }) =>
    text.test(textOf(upstream.body));

/** Refused here for a reason that upstream does not have; whatever upstream makes of the request. */
export const refused = (status: number, text: RegExp): Condition =>
  all(
    either(statuses(status), ({ at }) => at === 'fault' || at === 'faultcode'),
    (_difference, { ours }) => ours.status === status,
    says(text),
  );

/** Fields whose values differ. */
export const field =
  (at: RegExp, holds: (ours: unknown, upstream: unknown) => boolean = () => true): Condition =>
  ({ at: found, ours, upstream }) =>
    at.test(found) && holds(ours, upstream);

function* fieldsIn(value: unknown): Iterable<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    yield [name, each];
    yield* fieldsIn(each);
  }
}

/** The body has such a field, however deep. */
export const asks =
  (name: RegExp, holds: (value: unknown) => boolean = () => true): Condition =>
  (_difference, { step }) =>
    [...fieldsIn(step.body)].some(([found, value]) => name.test(found) && holds(value));

/** The query has such a parameter. */
export const queries =
  (name: RegExp, holds: (value: string) => boolean = () => true): Condition =>
  (_difference, { step }) =>
    step.query.some(([found, value]) => name.test(found) && holds(value));

export const not =
  (condition: Condition): Condition =>
  (difference, played) =>
    !condition(difference, played);

export const isNull = (value: unknown): boolean => value === null;

/** The list of that name in an answer. */
export const listOf = (body: unknown, name: string): readonly unknown[] => {
  const list = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return Array.isArray(list) ? list : [];
};
