import { ConfigurationError } from '../errors/configuration.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting: its name in the environment, and what its value may be. */
export interface Setting<T> {
  readonly name: string;
  readonly kind: 'text' | 'optional' | 'list' | 'integer' | 'flag' | 'oneOf';
  /** As it would be written in the environment; null for none. */
  readonly fallback: string | null;
  /** True if what needs it does not start without it. */
  readonly required: boolean;
  /** True if no message may show its value. */
  readonly secret: boolean;
  /** Between the texts of a list. */
  readonly separator?: ',' | ':';
  /** What it must be, in words, with its unit. */
  readonly allowed: string;
  /** Its value in an environment, where an empty value is not set. @throws ConfigurationError */
  read(environment: Environment): T;
}

type Facts<T> = Omit<Setting<T>, 'read' | 'required' | 'secret'> & {
  readonly secret?: boolean;
  /** undefined: not allowed. */
  parse(text: string): T | undefined;
  /** @throws ConfigurationError it is required */
  unset(): T;
};

const setting = <T>({ parse, unset, ...facts }: Facts<T>, required = false): Setting<T> => {
  const { name, allowed, secret = false } = facts;
  return {
    ...facts,
    required,
    secret,
    read: (environment) => {
      const text = environment[name];
      if (text === undefined || text === '') return unset();
      const value = parse(text);
      if (value === undefined) {
        throw new ConfigurationError(
          name,
          `must be ${allowed}, is ${secret ? 'something else' : JSON.stringify(text)}`,
        );
      }
      return value;
    },
  };
};

/** A further rule of a text, or of each text of a list. */
export interface Rule {
  /** What the value must be, in words. */
  readonly allowed: string;
  test(text: string): boolean;
}
const ANY: Rule = { allowed: 'a text', test: () => true };

interface TextOptions {
  readonly rule?: Rule;
  readonly secret?: boolean;
}

/** A text; required without a fallback. */
export const text = (name: string, fallback: string | null = null, options: TextOptions = {}): Setting<string> => {
  const { rule = ANY, secret = false } = options;
  const unset = (): string => {
    if (fallback === null) throw new ConfigurationError(name, 'is required and not set');
    return fallback;
  };
  const parse = (value: string) => (rule.test(value) ? value : undefined);
  return setting({ name, kind: 'text', fallback, allowed: rule.allowed, secret, parse, unset }, fallback === null);
};

/** A text, or null. */
export const optional = (name: string, { rule = ANY, secret = false }: TextOptions = {}): Setting<string | null> =>
  setting<string | null>({
    name,
    kind: 'optional',
    fallback: null,
    allowed: rule.allowed,
    secret,
    parse: (value) => (rule.test(value) ? value : undefined),
    unset: () => null,
  });

const partsOf = (value: string, separator: string): readonly string[] =>
  value
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

interface ListOptions extends Pick<TextOptions, 'rule'> {
  readonly separator?: ',' | ':';
  /** True: an empty value is an empty list, and not the fallback. */
  readonly empty?: boolean;
}

/** Texts. */
export const list = (
  name: string,
  fallback: string | null = null,
  { rule = ANY, separator = ',', empty = false }: ListOptions = {},
): Setting<readonly string[]> => {
  const one = setting<readonly string[]>({
    name,
    kind: 'list',
    fallback,
    separator,
    allowed: `a list of ${rule === ANY ? 'texts' : rule.allowed}, separated by "${separator}"`,
    parse: (value) => {
      const parts = partsOf(value, separator);
      return parts.every(rule.test) ? parts : undefined;
    },
    unset: () => partsOf(fallback ?? '', separator),
  });
  return empty ? { ...one, read: (environment) => (environment[name] === '' ? [] : one.read(environment)) } : one;
};

/** The longest time of a timer, and the largest number upstream's settings take. */
const LARGEST = 2_147_483_647;

interface IntegerOptions {
  readonly maximum?: number;
  readonly unit?: 'seconds' | 'milliseconds' | 'bytes' | 'percent';
}

export const integer = (
  name: string,
  fallback: number,
  minimum = 0,
  { maximum = LARGEST, unit }: IntegerOptions = {},
): Setting<number> =>
  setting({
    name,
    kind: 'integer',
    fallback: String(fallback),
    allowed: `a whole number${unit === undefined ? '' : ` of ${unit}`} from ${minimum} to ${maximum}`,
    parse: (value) => {
      const number = /^-?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
      return number >= minimum && number <= maximum ? number : undefined;
    },
    unset: () => fallback,
  });

export const flag = (name: string, fallback: boolean): Setting<boolean> =>
  setting({
    name,
    kind: 'flag',
    fallback: String(fallback),
    allowed: 'true or false',
    parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
    unset: () => fallback,
  });

export const oneOf = <const T extends string>(name: string, values: readonly T[], fallback: T): Setting<T> =>
  setting({
    name,
    kind: 'oneOf',
    fallback,
    allowed: `one of ${values.join(', ')}`,
    parse: (value) => values.find((known) => known === value),
    unset: () => fallback,
  });

/** One of the values, or null. */
export const optionalOneOf = <const T extends string>(name: string, values: readonly T[]): Setting<T | null> =>
  setting<T | null>({
    name,
    kind: 'oneOf',
    fallback: null,
    allowed: `one of ${values.join(', ')}`,
    parse: (value) => values.find((known) => known === value),
    unset: () => null,
  });

/** Some of the values; all of the fallback when none is given. */
export const someOf = <const T extends string>(
  name: string,
  values: readonly T[],
  fallback: readonly T[],
): Setting<readonly T[]> =>
  setting<readonly T[]>({
    name,
    kind: 'list',
    fallback: fallback.join(','),
    separator: ',',
    allowed: `a list of ${values.join(', ')}, separated by ","`,
    parse: (value) => {
      const found = partsOf(value, ',').map((part) => values.find((known) => known === part));
      const known = found.filter((part) => part !== undefined);
      return known.length === found.length && known.length > 0 ? known : undefined;
    },
    unset: () => fallback,
  });
