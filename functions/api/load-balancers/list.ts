import { childReferencesOfProject } from '../../../lib/repositories/child-references.ts';
import { findLoadBalancer, listLoadBalancers } from '../../../lib/repositories/load-balancers.ts';
import { authorizeList } from '../authorization.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { loadBalancerView, SEARCHABLE_FIELDS, withChildIds } from './view.ts';

/** GET /lbaas/loadbalancers */
export const listsLoadBalancers =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    const global = 'os_load-balancer_api:loadbalancer:get_all-global';
    const projectId = authorizeList(request, global, askedProject(request.query));
    const [found, childrenOf] = await Promise.all([listLoadBalancers(projectId), childReferencesOfProject(projectId)]);
    const listing = {
      plural: 'loadbalancers',
      searchable: SEARCHABLE_FIELDS,
      maxLimit: settings().paginationMaxLimit,
      findMarker: async (id: string) => {
        const marker = await findLoadBalancer(id.toLowerCase());
        const visible = marker !== null && (projectId === null || marker.project_id === projectId);
        return visible ? loadBalancerView(marker) : null;
      },
    };
    const views = found.map((loadBalancer) =>
      withChildIds(loadBalancerView(loadBalancer), childrenOf(loadBalancer.id)),
    );
    return listAnswer(request, listing, views);
  };
