import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import {
  type ChildReferences,
  childReferences,
  childReferencesOfProject,
} from '../../../lib/repositories/objects/child-references.ts';
import { findLoadBalancer, walkLoadBalancers } from '../../../lib/repositories/objects/load-balancers.ts';
import { listPlace } from '../../../lib/repositories/table/keys.ts';
import { forEachLoadBalancer } from '../children/trees.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { Kept } from '../lists/page.ts';
import { authorizeList } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import { LOAD_BALANCER } from './definition.ts';

const STORED_FIELDS = { id: 'id', name: 'name', provisioning_status: 'provisioning_status' };
const CHILDREN = ['listeners', 'pools'];
const NONE: ChildReferences = { listeners: [], pools: [] };

/** Those of a project are read at once; those of all projects would be many more than the page's. */
const childrenOf = async (
  projectId: string | null,
  page: readonly LoadBalancer[],
): Promise<(loadBalancerId: string) => ChildReferences> => {
  if (projectId !== null) return await childReferencesOfProject(projectId);
  const found = await forEachLoadBalancer(
    page.map(({ id }) => ({ load_balancer_id: id })),
    childReferences,
  );
  return (id) => found.get(id) ?? NONE;
};

/** GET /lbaas/loadbalancers */
export const listsLoadBalancers =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    const global = 'os_load-balancer_api:loadbalancer:get_all-global';
    const projectId = authorizeList(request, global, askedProject(request.query));
    const byId = new Map<unknown, LoadBalancer>();
    const row = (loadBalancer: LoadBalancer) => LOAD_BALANCER.view(loadBalancer, null);
    const kept: Kept = {
      stored: STORED_FIELDS,
      walk: async function* (walk) {
        for await (const loadBalancer of walkLoadBalancers(projectId, walk)) {
          byId.set(loadBalancer.id, loadBalancer);
          yield row(loadBalancer);
        }
      },
      findMarker: async (id) => {
        const found = await findLoadBalancer(id);
        const visible = found !== null && (projectId === null || found.project_id === projectId);
        return visible ? { view: row(found), place: listPlace(found.created_at, found.id) } : null;
      },
    };
    const complete = async (page: readonly View[], fields: readonly string[] | null) => {
      const onPage = page.flatMap(({ id }) => byId.get(id) ?? []);
      const needed = onPage.length > 0 && (fields === null || CHILDREN.some((field) => fields.includes(field)));
      const children = needed ? await childrenOf(projectId, onPage) : () => null;
      return onPage.map((loadBalancer) => LOAD_BALANCER.view(loadBalancer, children(loadBalancer.id)));
    };
    const maxLimit = settings().paginationMaxLimit;
    return listAnswer(request, { ...LOAD_BALANCER, maxLimit, complete }, kept);
  };
