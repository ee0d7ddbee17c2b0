import * as fc from 'fast-check';
import type { L7Policy, L7Rule, RedirectHttpCode } from '../../../../lib/models/objects/l7.ts';
import { enabled, oneOf, plain, rarely, status, text255, token, url } from './values.ts';

/** A policy with its rules; `pool` picks one of the pools that fit. */
export interface PolicyDraft {
  readonly policy: Partial<L7Policy>;
  readonly pool: number;
  readonly rules: readonly Partial<L7Rule>[];
}

const compare_type = oneOf(
  'REGEX' as const,
  'STARTS_WITH' as const,
  'ENDS_WITH' as const,
  'CONTAINS' as const,
  'EQUAL_TO' as const,
);
const pattern = rarely(4, oneOf('^/a b$', "it's", 'a#b', '<a&b>'), oneOf('^/a(b|c)*$', '[a-z]+[0-9]{2,3}$'));

const compared = fc
  .tuple(
    oneOf('HOST_NAME' as const, 'PATH' as const, 'HEADER' as const, 'COOKIE' as const, 'FILE_TYPE' as const),
    compare_type,
    token,
    text255,
    pattern,
  )
  .map(([type, compare, key, value, regex]): Partial<L7Rule> => {
    // A file's type is compared as a whole, or by a pattern.
    const used = type === 'FILE_TYPE' && compare !== 'REGEX' ? 'EQUAL_TO' : compare;
    const isKeyed = type === 'HEADER' || type === 'COOKIE';
    return {
      type,
      compare_type: used,
      key: isKeyed ? key : null,
      value: used === 'REGEX' ? regex : type === 'COOKIE' ? value.replace(/[",;\\]/g, '-') : value,
    };
  });

const ofClient = fc.oneof(
  fc.record({
    type: fc.constant('SSL_CONN_HAS_CERT' as const),
    compare_type: fc.constant('EQUAL_TO' as const),
    value: oneOf('true', 'True'),
  }),
  fc.record({
    type: fc.constant('SSL_VERIFY_RESULT' as const),
    compare_type: fc.constant('EQUAL_TO' as const),
    value: oneOf('0', '26'),
  }),
  fc.record({
    type: fc.constant('SSL_DN_FIELD' as const),
    key: oneOf('CN', 'O', 'x-y'),
    compare_type,
    value: plain(20),
  }),
);

const rule = fc
  .tuple(
    fc.oneof({ weight: 6, arbitrary: compared }, { weight: 1, arbitrary: ofClient }),
    fc.record({ invert: fc.boolean(), enabled, provisioning_status: status }),
  )
  .map(([what, common]): Partial<L7Rule> => ({ ...what, ...common }));

const action = fc.oneof(
  fc.record({ action: fc.constant('REJECT' as const) }),
  fc.record({ action: fc.constant('REDIRECT_TO_POOL' as const) }),
  fc.record({
    action: fc.constant('REDIRECT_TO_URL' as const),
    redirect_url: url,
    redirect_http_code: oneOf<RedirectHttpCode>(301, 302, 303, 307, 308),
  }),
  fc.record({
    action: fc.constant('REDIRECT_PREFIX' as const),
    redirect_prefix: url,
    redirect_http_code: oneOf<RedirectHttpCode>(302, 308),
  }),
);

export const policy: fc.Arbitrary<PolicyDraft> = fc.record({
  policy: fc
    .tuple(action, fc.record({ enabled, provisioning_status: status }))
    .map(([what, common]): Partial<L7Policy> => ({ ...what, ...common })),
  pool: fc.nat(9),
  rules: fc.array(rule, { maxLength: 3 }),
});
