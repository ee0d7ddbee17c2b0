import type { Answer } from './side.ts';

/** One thing that is not the same in two answers. */
export interface Difference {
  /** `status`, `faultcode`, `fault`, or the path of a field, with * for a place in a list. */
  readonly at: string;
  readonly ours: unknown;
  readonly upstream: unknown;
}

type Record_ = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What clients are known to match in texts; of others only what they name counts. */
const MATCHED = [/ is immutable and cannot be updated\.$/, /^Quota has been met.*/, /.* not found\.$/];

const FIELD = /(?:field\/attribute |argument |Unknown attribute[^:]*: |Unknown argument: )"?([\w.]+)"?/;

const faultOf = ({ body }: Answer): { readonly faultcode: unknown; readonly faultstring: string } | null =>
  isRecord(body) && 'faultstring' in body ? { faultcode: body.faultcode, faultstring: String(body.faultstring) } : null;

const faultDifferences = (ours: Answer, upstream: Answer): readonly Difference[] => {
  const [mine, theirs] = [faultOf(ours), faultOf(upstream)];
  if (mine === null || theirs === null) {
    // What upstream leaves without a word may have some.
    return fieldDifferences('', ours.body, upstream.body).filter(
      ({ at, upstream: said }) => at !== '.description' || said !== '',
    );
  }
  const found: Difference[] = [];
  if (mine.faultcode !== theirs.faultcode) {
    found.push({ at: 'faultcode', ours: mine.faultcode, upstream: theirs.faultcode });
  }
  const matched = MATCHED.some((text) => text.exec(mine.faultstring)?.[0] !== text.exec(theirs.faultstring)?.[0]);
  const field = FIELD.exec(theirs.faultstring)?.[1]?.split('.').at(-1);
  if (matched || (field !== undefined && !mine.faultstring.includes(field))) {
    found.push({ at: 'fault', ours: mine.faultstring, upstream: theirs.faultstring });
  }
  return found;
};

const idOf = (value: unknown): string => (isRecord(value) && typeof value.id === 'string' ? value.id : '');
/** Its id; what has none that is known is told apart by all that it has. */
const keyOf = (value: unknown): string => `${idOf(value)} ${JSON.stringify(value)}`;
const byId = (one: unknown, other: unknown): number => keyOf(one).localeCompare(keyOf(other));
/** The request that made it. */
const origin = (value: unknown): string => /^«(\d+|members)/.exec(idOf(value))?.[1] ?? '';

/** What one request has made at once has no order of its own: such neighbours are put in the order of their names. */
const ordered = (list: readonly unknown[]): readonly unknown[] => {
  const groups: unknown[][] = [];
  for (const each of list) {
    const last = groups.at(-1);
    if (last !== undefined && origin(each) !== '' && origin(last[0]) === origin(each)) last.push(each);
    else groups.push([each]);
  }
  return groups.flatMap((group) => group.toSorted(byId));
};

/** Fields that hold a set, whatever order they are shown in. */
const isSet = (at: string): boolean => !/^\.[a-z_0-9]+$/.test(at);

function* listDifferences(at: string, ours: readonly unknown[], upstream: readonly unknown[]): Iterable<Difference> {
  if (ours.length !== upstream.length) {
    yield { at: `${at}.length`, ours: ours.length, upstream: upstream.length };
    return;
  }
  const inOrder = (list: readonly unknown[]) => (isSet(at) ? list.toSorted(byId) : ordered(list));
  const [mine, theirs] = [inOrder(ours), inOrder(upstream)];
  for (const [index, each] of mine.entries()) yield* fieldDifferences(`${at}.*`, each, theirs[index]);
}

const fieldDifferences = (at: string, ours: unknown, upstream: unknown): readonly Difference[] => {
  if (Array.isArray(ours) && Array.isArray(upstream)) return [...listDifferences(at, ours, upstream)];
  if (isRecord(ours) && isRecord(upstream)) {
    return [...new Set([...Object.keys(ours), ...Object.keys(upstream)])].flatMap((field) =>
      fieldDifferences(`${at}.${field}`, ours[field], upstream[field]),
    );
  }
  return Object.is(ours, upstream) ? [] : [{ at, ours, upstream }];
};

/** Everything in which two answers differ. A different status says all. */
export const differencesOf = (ours: Answer, upstream: Answer): readonly Difference[] => {
  if (ours.status !== upstream.status) {
    const told = ({ status, body }: Answer) => `${status} ${JSON.stringify(body)?.slice(0, 400)}`;
    return [{ at: 'status', ours: told(ours), upstream: told(upstream) }];
  }
  if (ours.status >= 400) return faultDifferences(ours, upstream);
  return fieldDifferences('', ours.body, upstream.body);
};
