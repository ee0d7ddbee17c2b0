import { createHash, randomUUID } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json.ts';
import { FlowError } from './errors.ts';

const failure = (detail: string): FlowError => new FlowError('States.IntrinsicFailure', detail);

const list = (value: Json | undefined, of: string): Json[] => {
  if (!Array.isArray(value)) throw failure(`${of} needs an array.`);
  return value;
};
const text = (value: Json | undefined, of: string): string => {
  if (typeof value !== 'string') throw failure(`${of} needs a string.`);
  return value;
};
const whole = (value: Json | undefined, of: string): number => {
  if (typeof value !== 'number') throw failure(`${of} needs a number.`);
  return Math.round(value);
};
const object = (value: Json | undefined, of: string): JsonObject => {
  if (!isJsonObject(value)) throw failure(`${of} needs an object.`);
  return value;
};
const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const range = (from: number, to: number, by: number): number[] => {
  const count = by === 0 ? 0 : Math.floor((to - from) / by) + 1;
  if (count < 1 || count > 1000) throw failure('States.ArrayRange makes 1 to 1000 elements.');
  return Array.from({ length: count }, (_, index) => from + index * by);
};

const partition = (items: readonly Json[], size: number): Json[] => {
  if (size < 1) throw failure('States.ArrayPartition needs a positive size.');
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
};

const toJsonValue = (source: string): Json => {
  try {
    return parseJson(source);
  } catch {
    throw failure('States.StringToJson needs JSON.');
  }
};

const algorithms: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const hash = (value: Json | undefined, name: string): string => {
  const algorithm = algorithms[name];
  if (algorithm === undefined || value === undefined) throw failure(`States.Hash does not know "${name}".`);
  return createHash(algorithm)
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex');
};

/** What `{}` of a format becomes. */
export const show = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Fills the `{}` of a template whose braces may be escaped with a backslash. */
export const format = (template: string, values: readonly Json[]): string => {
  let next = 0;
  const filled = template.replace(/\\(.)|\{\}/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values[next];
    next += 1;
    if (value === undefined) throw failure(`States.Format has more {} than values: ${found} number ${next}.`);
    return show(value);
  });
  if (next !== values.length) throw failure('States.Format has more values than {}.');
  return filled;
};

/** Every intrinsic function by name; each fails with States.IntrinsicFailure. */
export const intrinsics: Record<string, (args: readonly Json[]) => Json> = {
  'States.Format': ([template, ...values]) => format(text(template, 'States.Format'), values),
  'States.Array': (args) => [...args],
  'States.ArrayContains': ([items, item]) => list(items, 'States.ArrayContains').some((own) => same(own, item)),
  'States.ArrayGetItem': ([items, index]) => {
    const item = list(items, 'States.ArrayGetItem').at(whole(index, 'States.ArrayGetItem'));
    if (item === undefined) throw failure('States.ArrayGetItem: the index is outside the array.');
    return item;
  },
  'States.ArrayLength': ([items]) => list(items, 'States.ArrayLength').length,
  'States.ArrayPartition': ([items, size]) =>
    partition(list(items, 'States.ArrayPartition'), whole(size, 'States.ArrayPartition')),
  'States.ArrayRange': ([from, to, by]) =>
    range(whole(from, 'States.ArrayRange'), whole(to, 'States.ArrayRange'), whole(by, 'States.ArrayRange')),
  'States.ArrayUnique': ([items]) =>
    list(items, 'States.ArrayUnique').filter((item, at, all) => all.findIndex((other) => same(other, item)) === at),
  'States.Base64Decode': ([value]) => Buffer.from(text(value, 'States.Base64Decode'), 'base64').toString('utf8'),
  'States.Base64Encode': ([value]) => Buffer.from(text(value, 'States.Base64Encode')).toString('base64'),
  'States.Hash': ([value, algorithm]) => hash(value, text(algorithm, 'States.Hash')),
  'States.JsonMerge': ([first, second, deep]) => {
    if (deep !== false) throw failure('States.JsonMerge only merges shallowly: its third argument is false.');
    return { ...object(first, 'States.JsonMerge'), ...object(second, 'States.JsonMerge') };
  },
  'States.JsonToString': ([value]) => JSON.stringify(value ?? null),
  'States.MathAdd': ([a, b]) => whole(a, 'States.MathAdd') + whole(b, 'States.MathAdd'),
  'States.MathRandom': ([from, to]) => {
    const start = whole(from, 'States.MathRandom');
    return start + Math.floor(Math.random() * (whole(to, 'States.MathRandom') - start));
  },
  'States.StringSplit': ([value, separators]) => {
    const any = new Set(text(separators, 'States.StringSplit'));
    const parts = [''];
    for (const letter of text(value, 'States.StringSplit')) {
      if (any.has(letter)) parts.push('');
      else parts.push(`${parts.pop() ?? ''}${letter}`);
    }
    return parts.filter((part) => part !== '');
  },
  'States.StringToJson': ([value]) => toJsonValue(text(value, 'States.StringToJson')),
  'States.UUID': () => randomUUID(),
};
