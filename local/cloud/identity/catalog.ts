import { REGION } from '../facts.ts';
import { stableHexId } from '../ids.ts';

export interface CatalogService {
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

/** The services of a cloud whose listener is at `base`. */
export const catalogServices = (base: string, loadBalancer: string | null): readonly CatalogService[] => [
  { type: 'identity', name: 'keystone', url: `${base}/identity/v3` },
  { type: 'compute', name: 'nova', url: `${base}/compute/v2.1` },
  { type: 'network', name: 'neutron', url: `${base}/network` },
  { type: 'image', name: 'glance', url: `${base}/image` },
  { type: 'key-manager', name: 'barbican', url: `${base}/key-manager` },
  ...(loadBalancer === null ? [] : [{ type: 'load-balancer', name: 'octavia', url: loadBalancer }]),
];

/** As in a token: every service with its public, internal and admin endpoint. */
export const catalog = (services: readonly CatalogService[]) =>
  services.map(({ type, name, url }) => ({
    id: stableHexId(`service/${type}`),
    type,
    name,
    endpoints: ['public', 'internal', 'admin'].map((endpoint) => ({
      id: stableHexId(`endpoint/${type}/${endpoint}`),
      interface: endpoint,
      region: REGION,
      region_id: REGION,
      url,
    })),
  }));
