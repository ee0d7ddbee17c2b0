import { ciphersRule } from '../../../lib/amphora/render/fields/tls.ts';
import { ALPN_PROTOCOLS, TLS_VERSIONS, type TlsVersion } from '../../../lib/models/listener.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listOf, oneOf, ruled } from '../fields/fields.ts';
import { validationFailure } from '../refusals.ts';

/** Fields that listeners and pools have in common. */
export const tlsOptionFields = {
  tls_ciphers: ruled(ciphersRule).nullish(),
  tls_versions: listOf(oneOf(TLS_VERSIONS)).nullish(),
  alpn_protocols: listOf(oneOf(ALPN_PROTOCOLS)).nullish(),
};

type Limits = Pick<ApiSettings, 'tlsCipherProhibitList' | 'minimumTlsVersion'>;

interface TlsOptions {
  readonly tls_ciphers?: string | null | undefined;
  readonly tls_versions?: readonly TlsVersion[] | null | undefined;
  readonly alpn_protocols?: readonly string[] | null | undefined;
}

const checkVersions = (versions: readonly TlsVersion[], minimum: TlsVersion | null): void => {
  if (versions.length === 0) throw validationFailure('Empty TLS version list. At least one version must be specified');
  if (minimum === null) return;
  const lowest = TLS_VERSIONS.indexOf(minimum);
  const below = versions.filter((version) => TLS_VERSIONS.indexOf(version) < lowest);
  if (below.length === 0) return;
  throw validationFailure(`Requested TLS versions are less than the minimum: ${below.join(', ')} < ${minimum}`);
};

/** What a request asks for, against what the deployment allows. @throws ApiError 400 */
export const checkTlsOptions = ({ tls_ciphers, tls_versions, alpn_protocols }: TlsOptions, limits: Limits): void => {
  const prohibited = (tls_ciphers ?? '').split(':').filter((cipher) => limits.tlsCipherProhibitList.includes(cipher));
  if (prohibited.length > 0) {
    throw validationFailure(`The following ciphers have been prohibited by an administrator: ${prohibited.join(', ')}`);
  }
  if (tls_versions) checkVersions(tls_versions, limits.minimumTlsVersion);
  if (alpn_protocols?.length === 0) {
    throw validationFailure('Empty ALPN protocol list. At least one protocol must be specified');
  }
};
