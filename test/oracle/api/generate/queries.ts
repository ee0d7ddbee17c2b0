import type { Source } from './bodies.ts';
import { KINDS, type Kind, type Known } from './model.ts';
import { badValue, TAGS } from './values.ts';

type Query = readonly (readonly [string, string])[];

const word = (value: unknown): string => (typeof value === 'object' ? 'x' : String(value));

/** Fields whose order is the same on both sides. */
const SORTED = ['name', 'created_at', 'admin_state_up', 'project_id', 'protocol_port', 'weight', 'delay'];

const filter = ({ random }: Source, known: readonly Known[]): Query => {
  if (known.length === 0) return [['name', 'x']];
  const { fields } = random.pick(known);
  const [name, value] = random.pick(Object.entries(fields));
  if (['created_at', 'updated_at'].includes(name)) return [['name', word(fields.name)]];
  return [[name, random.odd(0.15) ? word(badValue(random)) : word(value)]];
};

const fieldNames = ({ random }: Source, known: readonly Known[]): Query => {
  const names = known.length > 0 ? Object.keys(random.pick(known).fields) : ['id'];
  const some = random.some(names, 0.15);
  return [...(some.length > 0 ? some : ['id']), ...(random.odd(0.1) ? ['nope'] : [])].map((one) => ['fields', one]);
};

const made = ({ fields }: Known): string => /^«(\d+)/.exec(word(fields.id))?.[1] ?? word(fields.id);
const areApart = (all: readonly unknown[]): boolean => new Set(all).size === all.length;

/** Only in an order that says which is next: what was made at once, or has the same name, may come in any. */
const page = ({ random }: Source, known: readonly Known[]): Query => {
  const orders = [
    ...(areApart(known.map(made)) ? ['', 'created_at'] : []),
    ...(areApart(known.map(({ fields }) => fields.name)) ? ['name'] : []),
  ];
  if (orders.length === 0) return [];
  const ids = known.map(({ fields }) => word(fields.id));
  const query: [string, string][] = [
    ['limit', random.pick(random.odd(0.2) ? ['0', '-1', 'x'] : ['1', '2', '3', '5', '100'])],
  ];
  const order = random.pick(orders);
  if (order !== '') query.push(['sort_key', order]);
  if (order !== '' && random.chance(0.4))
    query.push(['sort_dir', random.odd(0.1) ? 'up' : random.pick(['asc', 'desc'])]);
  if (random.chance(0.4)) query.push(['marker', ids.length === 0 || random.odd(0.1) ? 'nothing' : random.pick(ids)]);
  if (random.chance(0.2))
    query.push(['page_reverse', random.odd(0.2) ? 'maybe' : random.pick(['true', 'false', 'True'])]);
  return query;
};

const tagged = ({ random }: Source): Query =>
  random
    .some(['tags', 'tags-any', 'not-tags', 'not-tags-any'], 0.4)
    .map((name) => [name, random.some(TAGS, 0.6).join(',')] as const);

const sorted = ({ random }: Source): Query =>
  random.chance(0.3)
    ? [['sort', random.pick(random.odd(0.2) ? ['nope', 'name:up', 'name:asc:x'] : ['name', 'name:asc', 'name:desc'])]]
    : [
        ['sort_key', random.pick(SORTED)],
        ['sort_dir', random.pick(['asc', 'desc'])],
      ];

/** What a list may be asked for. */
export const listQuery = (source: Source, kind: Kind): Query => {
  const { random, model } = source;
  const known = KINDS.includes(kind) ? model.all(kind) : [];
  const parts: readonly [number, () => Query][] = [
    [0.35, () => filter(source, known)],
    [0.15, () => fieldNames(source, known)],
    [0.12, () => sorted(source)],
    [0.2, () => tagged(source)],
    [0.1, () => [['project_id', random.pick(['a'.repeat(32), 'b'.repeat(32), 'nope', ''])]]],
    [0.1, () => (random.odd(0.3) ? [['surplus', 'x']] : [])],
  ];
  return parts.flatMap(([often, part]) => (random.chance(often) ? part() : []));
};

/** A query of pages alone. */
export const pageQuery = (source: Source, kind: Kind): Query => page(source, source.model.all(kind));

/** Some fields of one object. */
export const fieldsQuery = (source: Source, known: Known): Query => fieldNames(source, [known]);
