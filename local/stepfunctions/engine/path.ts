import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { FlowError, runtimeError } from './errors.ts';

type Segment =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'all' };

export interface Path {
  readonly text: string;
  /** True for `$$...`: the path reads the context object instead of the input. */
  readonly context: boolean;
  readonly segments: readonly Segment[];
  /** False when the path can name several values, and so answers a list. */
  readonly definite: boolean;
}

const grammar =
  /\.(?<name>[A-Za-z0-9_\-\u0080-\uffff]+)|\.(?<star>\*)|\[(?:'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"|(?<index>-?\d+)|(?<all>\*)|(?<from>-?\d*):(?<to>-?\d*))\]/y;

const toSegment = (groups: Record<string, string | undefined>): Segment => {
  const key = groups.name ?? groups.single ?? groups.double;
  if (key !== undefined) return { kind: 'key', key: groups.name ?? key.replace(/\\(.)/g, '$1') };
  if (groups.index !== undefined) return { kind: 'index', index: Number(groups.index) };
  if (groups.from === undefined) return { kind: 'all' };
  return {
    kind: 'slice',
    from: groups.from === '' ? undefined : Number(groups.from),
    to: groups.to === '' || groups.to === undefined ? undefined : Number(groups.to),
  };
};

const parse = (text: string): Path => {
  const context = text.startsWith('$$');
  if (!text.startsWith('$')) throw runtimeError(`"${text}" is not a path.`);
  const segments: Segment[] = [];
  let position = context ? 2 : 1;
  while (position < text.length) {
    grammar.lastIndex = position;
    const match = grammar.exec(text);
    if (!match?.groups) throw runtimeError(`"${text}" is not a path this stack understands (at ${position}).`);
    segments.push(toSegment(match.groups));
    position = grammar.lastIndex;
  }
  return { text, context, segments, definite: segments.every(({ kind }) => kind === 'key' || kind === 'index') };
};

const parsed = new Map<string, Path>();

/** Parses `$.a.b[0]`, `$['a b']`, `$[*].c`, `$[1:3]`, and the same on `$$`. Fails with States.Runtime. */
export const parsePath = (text: string): Path => {
  const known = parsed.get(text);
  if (known) return known;
  const path = parse(text);
  parsed.set(text, path);
  return path;
};

const step = (value: Json, segment: Segment): readonly Json[] => {
  if (segment.kind === 'key') {
    const child = isJsonObject(value) && Object.hasOwn(value, segment.key) ? value[segment.key] : undefined;
    return child === undefined ? [] : [child];
  }
  if (segment.kind === 'all' && isJsonObject(value)) return Object.values(value);
  if (!Array.isArray(value)) return [];
  if (segment.kind === 'all') return value;
  if (segment.kind === 'slice') return value.slice(segment.from, segment.to);
  const item = value.at(segment.index);
  return item === undefined ? [] : [item];
};

/** The value a path names; undefined when a definite path names nothing, a list when the path can name several. */
export const queryPath = (text: string, input: Json, context: JsonObject): Json | undefined => {
  const path = parsePath(text);
  let values: readonly Json[] = [path.context ? context : input];
  for (const segment of path.segments) values = values.flatMap((value) => step(value, segment));
  return path.definite ? values[0] : [...values];
};

/** Like queryPath, but a path that names nothing fails with `error`. */
export const readPath = (text: string, input: Json, context: JsonObject, error = 'States.Runtime'): Json => {
  const value = queryPath(text, input, context);
  if (value === undefined) {
    throw new FlowError(error, `The path "${text}" names nothing in the input ${JSON.stringify(input).slice(0, 1000)}`);
  }
  return value;
};

const write = (target: Json | undefined, segments: readonly Segment[], value: Json, text: string): Json => {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value;
  if (segment.kind === 'key' && (target === undefined || target === null || isJsonObject(target))) {
    const own = target ? { ...target } : {};
    own[segment.key] = write(own[segment.key], rest, value, text);
    return own;
  }
  if (segment.kind === 'index' && Array.isArray(target) && segment.index >= 0 && segment.index < target.length) {
    return target.with(segment.index, write(target[segment.index], rest, value, text));
  }
  throw new FlowError('States.ResultPathMatchFailure', `The result cannot be placed at "${text}" of the input.`);
};

/** The input with `result` placed at a ResultPath: `$` or undefined replaces the input, null drops the result. */
export const applyResultPath = (input: Json, resultPath: string | null | undefined, result: Json): Json => {
  if (resultPath === null) return input;
  if (resultPath === undefined || resultPath === '$') return result;
  const path = parsePath(resultPath);
  if (path.context || !path.definite) throw runtimeError(`"${resultPath}" is not a reference path.`);
  return write(input, path.segments, result, resultPath);
};
