import { isJsonObject, type Json, type JsonObject } from '../json.ts';

const isIn = (value: Json | undefined, test: (value: Json) => boolean): boolean => {
  if (value === undefined) return false;
  return Array.isArray(value) ? value.some(test) : test(value);
};

const compare: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const matchesNumeric = (value: Json, rule: readonly Json[]): boolean => {
  if (typeof value !== 'number') return false;
  for (let at = 0; at < rule.length; at += 2) {
    if (!compare[String(rule[at])]?.(value, Number(rule[at + 1]))) return false;
  }
  return true;
};

const text = (value: Json, test: (text: string) => boolean): boolean => typeof value === 'string' && test(value);

const matchesRule = (value: Json | undefined, rule: JsonObject): boolean => {
  const [[name, wanted] = ['', null]] = Object.entries(rule);
  switch (name) {
    case 'exists':
      return (value !== undefined) === wanted;
    case 'prefix':
      return isIn(value, (own) => text(own, (found) => found.startsWith(String(wanted))));
    case 'suffix':
      return isIn(value, (own) => text(own, (found) => found.endsWith(String(wanted))));
    case 'equals-ignore-case':
      return isIn(value, (own) => text(own, (found) => found.toLowerCase() === String(wanted).toLowerCase()));
    case 'wildcard': {
      const source = String(wanted)
        .split('*')
        .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
        .join('.*');
      return isIn(value, (own) => text(own, (found) => new RegExp(`^${source}$`, 's').test(found)));
    }
    case 'numeric':
      return isIn(value, (own) => matchesNumeric(own, Array.isArray(wanted) ? wanted : []));
    case 'anything-but': {
      const refused = Array.isArray(wanted) ? wanted : [wanted];
      const hits = (own: Json): boolean =>
        refused.some((one) => (isJsonObject(one) ? matchesRule(own, one) : one === own));
      return isIn(value, (own) => !hits(own));
    }
    default:
      throw new Error(`"${name}" is not a filter of an event pattern.`);
  }
};

/** Whether an event fits an EventBridge pattern: every field of the pattern must fit one of its alternatives. */
export const matchesPattern = (event: Json, pattern: JsonObject): boolean => {
  if (!isJsonObject(event)) return false;
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or' && Array.isArray(wanted)) {
      return wanted.some((one) => isJsonObject(one) && matchesPattern(event, one));
    }
    const value = Object.hasOwn(event, key) ? event[key] : undefined;
    if (isJsonObject(wanted)) return matchesPattern(value ?? {}, wanted);
    const alternatives = Array.isArray(wanted) ? wanted : [wanted];
    return alternatives.some((one) =>
      isJsonObject(one) ? matchesRule(value, one) : isIn(value, (own) => own === one),
    );
  });
};
