import type { Json, JsonObject } from '../../json.ts';
import { runtimeError } from './errors.ts';
import { queryPath, readPath } from './path.ts';

/** A rule of a Choice state: And, Or, Not, or a Variable with one comparison. */
export interface ChoiceRule {
  readonly And?: readonly ChoiceRule[] | undefined;
  readonly Or?: readonly ChoiceRule[] | undefined;
  readonly Not?: ChoiceRule | undefined;
  readonly Variable?: string | undefined;
  readonly [comparison: string]: unknown;
}

const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const isTimestamp = (value: Json): value is string => typeof value === 'string' && timestamp.test(value);

const tests: Record<string, (value: Json) => boolean> = {
  IsNull: (value) => value === null,
  IsBoolean: (value) => typeof value === 'boolean',
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsTimestamp: isTimestamp,
};

const orders: Record<string, (order: number) => boolean> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThan: (order) => order > 0,
  GreaterThanEquals: (order) => order >= 0,
};

const compare = <T>(a: T, b: T): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const order = (type: string, a: Json, b: Json): number | null => {
  if (type === 'String' && typeof a === 'string' && typeof b === 'string') return compare(a, b);
  if (type === 'Numeric' && typeof a === 'number' && typeof b === 'number') return compare(a, b);
  if (type === 'Boolean' && typeof a === 'boolean' && typeof b === 'boolean') return compare(a, b);
  if (type === 'Timestamp' && isTimestamp(a) && isTimestamp(b)) return compare(Date.parse(a), Date.parse(b));
  return null;
};

const matchesPattern = (value: Json, pattern: string): boolean => {
  if (typeof value !== 'string') return false;
  const source = pattern.replace(/\\([\\*])|\*|[.+?^${}()|[\]\\]/g, (found, literal: string | undefined) => {
    if (literal !== undefined) return `\\${literal}`;
    return found === '*' ? '[\\s\\S]*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`).test(value);
};

const comparison = /^(?<type>String|Numeric|Boolean|Timestamp)(?<order>[A-Za-z]+?)(?<path>Path)?$/;

/** Whether this stack knows the comparison of a rule. */
export const isComparison = (name: string): boolean => {
  const found = comparison.exec(name)?.groups;
  return (
    Object.hasOwn(tests, name) ||
    name === 'IsPresent' ||
    name === 'StringMatches' ||
    Object.hasOwn(orders, found?.order ?? '')
  );
};

const holdsFor = (variable: string, name: string, expected: Json, input: Json, context: JsonObject): boolean => {
  if (name === 'IsPresent') return (queryPath(variable, input, context) !== undefined) === expected;
  const value = readPath(variable, input, context);
  const test = tests[name];
  if (test) return test(value) === expected;
  if (name === 'StringMatches') return matchesPattern(value, String(expected));
  const { type = '', order: relation = '', path } = comparison.exec(name)?.groups ?? {};
  const check = orders[relation];
  if (!check) throw runtimeError(`"${name}" is not a comparison.`);
  const other = path ? readPath(String(expected), input, context) : expected;
  const result = order(type, value, other);
  return result !== null && check(result);
};

/** Whether a rule holds. A Variable that names nothing fails with States.Runtime, except in IsPresent. */
export const holds = (rule: ChoiceRule, input: Json, context: JsonObject): boolean => {
  if (rule.And) return rule.And.every((inner) => holds(inner, input, context));
  if (rule.Or) return rule.Or.some((inner) => holds(inner, input, context));
  if (rule.Not) return !holds(rule.Not, input, context);
  const { Variable: variable, Next: _next, Comment: _comment, ...rest } = rule;
  const [name, expected] = Object.entries(rest).find(([, value]) => value !== undefined) ?? [];
  if (variable === undefined || name === undefined) throw runtimeError('A rule needs a Variable and a comparison.');
  const isScalar = expected === null || ['string', 'number', 'boolean'].includes(typeof expected);
  if (!isScalar) throw runtimeError(`${name} needs a plain value.`);
  const plain =
    typeof expected === 'string' || typeof expected === 'number' || typeof expected === 'boolean' ? expected : null;
  return holdsFor(variable, name, plain, input, context);
};
