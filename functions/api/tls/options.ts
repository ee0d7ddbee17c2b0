import { ciphersRule } from '../../../lib/amphora/render/fields/tls.ts';
import { ALPN_PROTOCOLS, type Listener, TLS_VERSIONS, type TlsVersion } from '../../../lib/models/objects/listener.ts';
import { validationFailure } from '../answers/refusals.ts';
import { fieldsOf } from '../fields/field.ts';
import { listOf, oneOf, ruled, text } from '../fields/fields.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { many, string } from '../views/shapes.ts';

export type TlsOptions = Pick<Listener, 'tls_ciphers' | 'tls_versions' | 'alpn_protocols'>;

export const WITHOUT_TLS: TlsOptions = { tls_ciphers: null, tls_versions: null, alpn_protocols: null };

const { optional } = fieldsOf<TlsOptions, { readonly tls: TlsOptions }>();
const version = oneOf(TLS_VERSIONS);
const alpnProtocol = oneOf(ALPN_PROTOCOLS);

/** Fields that listeners and pools have in common. Empty ciphers are no ciphers. */
export const tlsFields = {
  tls_ciphers: optional({
    attribute: 'tls_ciphers',
    input: ruled((value) => (value === '' ? null : ciphersRule(value))),
    initial: ({ tls }) => tls.tls_ciphers,
    shape: () => string().nullable(),
  }),
  tls_versions: optional({
    attribute: 'tls_versions',
    input: listOf(version),
    initial: ({ tls }) => tls.tls_versions,
    shape: () => many(version).nullable(),
  }),
  alpn_protocols: optional({
    attribute: 'alpn_protocols',
    input: listOf(alpnProtocol),
    initial: ({ tls }) => tls.alpn_protocols,
    shape: () => many(alpnProtocol).nullable(),
  }),
};

/** A reference to a secret of the key manager; the empty text is none. */
export const referenceField = <Key extends string>(attribute: Key) =>
  fieldsOf<{ readonly [Name in Key]: string | null }>().converted({
    attribute,
    input: text(255),
    initial: () => null,
    store: (given) => given || null,
    shape: () => string().nullable(),
    show: (stored) => stored,
  });

interface TlsLists {
  readonly tls_versions?: readonly TlsVersion[] | null | undefined;
  readonly alpn_protocols?: readonly string[] | null | undefined;
}

/** Whether the deployment allows the ciphers. @throws ApiError 400 */
export const checkCiphers = (
  { tls_ciphers }: { readonly tls_ciphers?: string | null | undefined },
  { tlsCipherProhibitList }: Pick<ApiSettings, 'tlsCipherProhibitList'>,
): void => {
  const prohibited = (tls_ciphers ?? '').split(':').filter((cipher) => tlsCipherProhibitList.includes(cipher));
  if (prohibited.length === 0) return;
  throw validationFailure(`The following ciphers have been prohibited by an administrator: ${prohibited.join(', ')}`);
};

const checkVersions = (versions: readonly TlsVersion[], minimum: TlsVersion | null): void => {
  if (versions.length === 0) throw validationFailure('Empty TLS version list. At least one version must be specified');
  if (minimum === null) return;
  const lowest = TLS_VERSIONS.indexOf(minimum);
  const below = versions.filter((version) => TLS_VERSIONS.indexOf(version) < lowest);
  if (below.length === 0) return;
  throw validationFailure(`Requested TLS versions are less than the minimum: ${below.join(', ')} < ${minimum}`);
};

/**
 * Whether an object with TLS can be served with these versions and protocols. A new object without TLS may have any,
 * also empty ones: clients send every field they know. @throws ApiError 400
 */
export const checkTlsLists = (
  { tls_versions, alpn_protocols }: TlsLists,
  { minimumTlsVersion }: Pick<ApiSettings, 'minimumTlsVersion'>,
): void => {
  if (tls_versions) checkVersions(tls_versions, minimumTlsVersion);
  if (alpn_protocols?.length === 0) {
    throw validationFailure('Empty ALPN protocol list. At least one protocol must be specified');
  }
};
