import type { PolicyAction } from './policy.ts';
import type { ApiHandler } from './request.ts';
import type { Route } from './router.ts';

/** The five verbs that every resource has. */
export interface Verbs {
  readonly list: ApiHandler;
  readonly create: ApiHandler;
  readonly show: ApiHandler;
  readonly update: ApiHandler;
  readonly remove: ApiHandler;
}

type Verb = 'get_all' | 'post' | 'get_one' | 'put' | 'delete';

/** The routes of a resource at a path; a single one is at `{id}` below it. */
export const resourceRoutes = (path: string, policy: (verb: Verb) => PolicyAction, verbs: Verbs): readonly Route[] => [
  { method: 'GET', path, action: policy('get_all'), handle: verbs.list },
  { method: 'POST', path, action: policy('post'), handle: verbs.create },
  { method: 'GET', path: `${path}/{id}`, action: policy('get_one'), handle: verbs.show },
  { method: 'PUT', path: `${path}/{id}`, action: policy('put'), handle: verbs.update },
  { method: 'DELETE', path: `${path}/{id}`, action: policy('delete'), handle: verbs.remove },
];

/**
 * Handlers by their names that are loaded together, once, with the first request to one of them: for what most containers
 * never see, so that their start does not pay for it.
 */
export const onDemand = <Name extends string>(load: () => Promise<Readonly<Record<Name, ApiHandler>>>) => {
  let loaded: ReturnType<typeof load> | null = null;
  return (name: Name): ApiHandler =>
    async (request) => {
      loaded ??= load();
      return await (await loaded)[name](request);
    };
};
