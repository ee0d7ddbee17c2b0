import conditions, { type Parse, type Parser, type Parsing } from 'dynalite/db/conditionParser.js';
import updates from 'dynalite/db/updateParser.js';

/** How many expressions of each kind are remembered. */
const MOST = 1000;

/** What of an expression's outcome depends on a value itself, and not only on its type. */
const LOOKS_AT_VALUES = /between|attribute_type/i;

/** Stands for the value of that name in what was parsed. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

interface Known {
  readonly parsed: unknown;
  readonly placeholders: readonly Placeholder[];
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

const copy = (value: unknown, instead: ReadonlyMap<unknown, unknown>): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const other = instead.get(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((one) => copy(one, instead));
  const made: Record<string, unknown> = Object.create(Object.getPrototypeOf(value));
  for (const [key, inside] of Object.entries(value)) made[key] = copy(inside, instead);
  return made;
};

const keyOf = (text: string, { attrNames, attrVals = {} }: Parsing): string => {
  const types = Object.entries(attrVals).map(([name, value]) => `${name} ${Object.keys(value)[0]}`);
  return JSON.stringify([text, attrNames ?? null, types]);
};

const allOf = (names: object = {}): Record<string, true> =>
  Object.fromEntries(Object.keys(names).map((name) => [name, true]));

const rememberingParse = (parse: Parse): Parse => {
  const known = new Map<string, Known>();

  const learn = (text: string, context: Parsing): Known | string => {
    const { attrNames = {}, attrVals = {} } = context;
    const unused = { unusedAttrNames: allOf(attrNames), unusedAttrVals: allOf(attrVals) };
    const parsed = parse(text, { context: { ...context, ...unused } });
    if (typeof parsed === 'string') return parsed;
    const placeholders = Object.keys(attrVals).map((name) => new Placeholder(name));
    return {
      parsed: copy(parsed, new Map(placeholders.map((one) => [attrVals[one.name], one]))),
      placeholders,
      usedNames: Object.keys(attrNames).filter((name) => !(name in unused.unusedAttrNames)),
      usedValues: Object.keys(attrVals).filter((name) => !(name in unused.unusedAttrVals)),
    };
  };

  return (text, options) => {
    const { context } = options;
    if (LOOKS_AT_VALUES.test(text)) return parse(text, options);
    const key = keyOf(text, context);
    const found = known.get(key) ?? learn(text, context);
    // A refusal, which names what is wrong.
    if (typeof found === 'string') return found;
    if (known.size >= MOST) known.clear();
    known.set(key, found);
    for (const name of found.usedNames) delete context.unusedAttrNames[name];
    for (const name of found.usedValues) delete context.unusedAttrVals[name];
    return copy(found.parsed, new Map(found.placeholders.map((one) => [one, context.attrVals?.[one.name]])));
  };
};

const REMEMBERS = Symbol.for('deploy-worker/known-expressions');

/**
 * Has dynalite parse an expression once, and not for each request that has it with other values: a parse takes several
 * times as long as what is done with it. Twice is fine.
 */
export const rememberExpressions = (): void => {
  for (const parser of [conditions, updates] satisfies Parser[]) {
    if (Object.hasOwn(parser, REMEMBERS)) continue;
    parser.parse = rememberingParse(parser.parse);
    Object.defineProperty(parser, REMEMBERS, { value: true });
  }
};
