import * as fc from 'fast-check';
import { ALPN_PROTOCOLS, TLS_VERSIONS } from '../../../../lib/models/objects/listener.ts';
import { oneOf } from './values.ts';

const suites = fc.shuffledSubarray([
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
]);
const others = fc
  .tuple(
    fc.shuffledSubarray(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'HIGH'], { minLength: 1 }),
    fc.shuffledSubarray(['!aNULL', '!MD5', '@SECLEVEL=1']),
  )
  .map((parts) => parts.flat());
const ciphers = fc
  .tuple(suites, fc.option(others, { nil: [] }))
  .filter((parts) => parts.flat().length > 0)
  .chain((parts) => oneOf(parts.flat().join(':'), parts.toReversed().flat().join(':')));

/** What listeners and pools have in common. */
export const tlsOptions = fc.record({
  // The API always has some where there are versions; upstream's templates fail without.
  tls_ciphers: ciphers,
  tls_versions: fc.oneof(
    oneOf<(typeof TLS_VERSIONS)[number][]>([], ['TLSv1.2'], ['TLSv1.3'], ['TLSv1.2', 'TLSv1.3'], ['TLSv1.3', 'TLSv1']),
    fc.shuffledSubarray([...TLS_VERSIONS], { minLength: 1 }),
  ),
  alpn_protocols: fc.shuffledSubarray([...ALPN_PROTOCOLS]),
});
