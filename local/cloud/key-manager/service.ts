import type { Service } from '../http/listener.ts';
import { openRoute } from '../http/router.ts';
import type { Store } from '../store/store.ts';
import { containerRoutes } from './containers.ts';
import { secretRoutes } from './secrets.ts';

const version = (url: string) => ({
  id: 'v1',
  status: 'stable',
  links: [{ rel: 'self', href: `${url}/v1/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.key-manager-v1+json' }],
});

/** Barbican v1: secrets, containers, consumers and access lists. */
export const keyManagerService = (store: Store): Service => ({
  name: 'key-manager',
  prefix: '/key-manager',
  notFound: () => ({ code: 404, title: 'Not Found', description: 'Not Found.' }),
  headers: () => ({ 'openstack-api-version': 'key-manager 1.0' }),
  routes: [
    openRoute('GET /', ({ serviceUrl }) => ({ status: 300, body: { versions: { values: [version(serviceUrl)] } } })),
    openRoute('GET /v1', ({ serviceUrl }) => ({ status: 200, body: { version: version(serviceUrl) } })),
    ...secretRoutes(store),
    ...containerRoutes(store),
  ],
});
