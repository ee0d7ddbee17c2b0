import { ConfigurationError } from '../../../errors/configuration.ts';
import type { ServiceType } from '../../http/service-request.ts';
import type { AuthOptions } from '../auth-options/auth-options.ts';
import type { Catalog } from './results.ts';

const VERSION: Record<ServiceType, string> = {
  identity: 'v3',
  compute: 'v2.1',
  network: 'v2.0',
  image: 'v2',
  'key-manager': 'v1',
};

const VERSION_SEGMENT = /\/v\d+(\.\d+)?(\/|$)/;

/** A service's address with its version and without a slash at the end; a version that is there stays. */
export const versionedEndpoint = (service: ServiceType, url: string): string => {
  const bare = url.replace(/\/+$/, '');
  return VERSION_SEGMENT.test(new URL(bare).pathname) ? bare : `${bare}/${VERSION[service]}`;
};

/**
 * The address of a service: the override, or the catalog's by type, interface and region.
 *
 * @throws ConfigurationError the catalog has none
 */
export const endpointOf = (catalog: Catalog, service: ServiceType, options: AuthOptions): string => {
  const override = options.endpointOverrides[service];
  if (override !== undefined) return versionedEndpoint(service, override);
  if (service === 'identity') return options.authUrl;
  const endpoint = catalog
    .filter(({ type }) => type === service)
    .flatMap(({ endpoints }) => endpoints)
    .find(
      (candidate) =>
        candidate.interface === options.interface &&
        (options.region === null || (candidate.region_id ?? candidate.region) === options.region),
    );
  if (endpoint === undefined) {
    const region = options.region === null ? 'any region' : `region ${options.region}`;
    throw new ConfigurationError(
      'region_name',
      `the catalog has no ${options.interface} ${service} endpoint in ${region}`,
    );
  }
  return versionedEndpoint(service, endpoint.url);
};
