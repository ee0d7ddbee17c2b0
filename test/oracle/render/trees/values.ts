import * as fc from 'fast-check';
import type { ProvisioningStatus } from '../../../../lib/models/statuses.ts';

export const oneOf = <const T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** `value` in one of `every` cases, otherwise `usual`. */
export const rarely = <T, U>(every: number, value: fc.Arbitrary<T>, usual: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: every - 1, arbitrary: usual }, { weight: 1, arbitrary: value });

export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });

/** True but in one of eight cases. */
export const enabled = rarely(8, fc.constant(false), fc.constant(true));

export const status: fc.Arbitrary<ProvisioningStatus> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('ACTIVE' as const) },
  { weight: 2, arbitrary: oneOf('ERROR' as const, 'PENDING_UPDATE' as const, 'PENDING_CREATE' as const) },
  { weight: 1, arbitrary: fc.constant('PENDING_DELETE' as const) },
);

export const ipv4 = fc.tuple(fc.nat(253), fc.nat(253)).map(([third, fourth]) => `10.1.${third}.${fourth + 1}`);
export const ipv6 = fc
  .tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff }))
  .map(([one, other]) => `2001:db8:${one.toString(16)}::${other.toString(16)}`);
export const address = fc.oneof({ weight: 2, arbitrary: ipv4 }, { weight: 1, arbitrary: ipv6 });

export const port = fc.oneof(oneOf(80, 443, 65_535), fc.integer({ min: 1, max: 65_535 }));

const text = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });

const WORD = 'abcdefghijkmnopqrstuvwxyzABCXYZ0123456789-_.';

/** Without any character that means something to haproxy or its templates. */
export const plain = (maxLength: number): fc.Arbitrary<string> =>
  fc.tuple(oneOf(...'abc123'), text(WORD, maxLength)).map(([first, rest]) => `${first}${rest}`.slice(0, maxLength));

/** With such characters, in one of four cases. */
export const text255 = rarely(4, text(`${WORD}"#$%&'()*+,:;<=>?@[\\]^\`{|}~!/`, 12), plain(40));

/** The name of a header. */
export const token = rarely(4, text("abcXYZ019!#$%&'*+.^_`|~-", 8), oneOf('X-My-Header', 'accept', 'a.b_c'));

export const urlPath = rarely(
  4,
  oneOf('/a?b=1&c=2', "/it's", '/say"hi"', '/back\\slash', '/<tag>', '/a#b', '/é', '/$HOME', '/{x}'),
  plain(20).map((path) => `/${path}`),
);

export const url = rarely(
  4,
  oneOf('http://example.org/?a=1&b=2', "https://example.org/it's", 'http://example.org/a#top', 'http://example.org/é'),
  plain(20).map((path) => `https://www.example.org:8443/${path}`),
);

export const reference = fc.constant('https://keys.example.org/v1/secrets/1');

/** What haproxy, keepalived or upstream's templates take for more than itself. */
export const isAwkward = (value: string | null): boolean => value !== null && /["#$&'<>\\{}~]|^-|[^ -~]/.test(value);
