import { FLAVOR_ID, LARGE_FLAVOR_ID } from '../facts.ts';
import { type Route, route } from '../http/router.ts';
import { computeProblem } from './problems.ts';

/** Memory in MiB by flavor. */
const FLAVORS: Readonly<Record<string, number>> = { [FLAVOR_ID]: 1024, [LARGE_FLAVOR_ID]: 4096 };

/** True when a server can be of the flavor. */
export const hasFlavor = (id: string): boolean => Object.hasOwn(FLAVORS, id);

const flavor = (url: string, id: string) => ({
  id,
  name: `m1.${id}`,
  ram: FLAVORS[id],
  disk: 2,
  swap: '',
  vcpus: 1,
  rxtx_factor: 1,
  'OS-FLV-EXT-DATA:ephemeral': 0,
  'OS-FLV-DISABLED:disabled': false,
  'os-flavor-access:is_public': true,
  links: [{ rel: 'self', href: `${url}/v2.1/flavors/${id}` }],
});

const all = (url: string) => Object.keys(FLAVORS).map((id) => flavor(url, id));

export const flavorRoutes: readonly Route[] = [
  route('GET /v2.1/flavors', ({ serviceUrl }) => ({
    status: 200,
    body: { flavors: all(serviceUrl).map(({ id, name, links }) => ({ id, name, links })) },
  })),
  route('GET /v2.1/flavors/detail', ({ serviceUrl }) => ({ status: 200, body: { flavors: all(serviceUrl) } })),
  route('GET /v2.1/flavors/:id', ({ params, serviceUrl }) => {
    const id = params.id ?? '';
    if (!hasFlavor(id)) throw computeProblem(404, `Flavor ${id} could not be found.`);
    return { status: 200, body: { flavor: flavor(serviceUrl, id) } };
  }),
  route('GET /v2.1/flavors/:id/os-extra_specs', () => ({ status: 200, body: { extra_specs: {} } })),
];
