import { createChild } from '../children/create-child.ts';
import { namedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { createFields, WRAPPING } from './body.ts';
import { checkHealthMonitor } from './check.ts';
import { draftHealthMonitor } from './draft.ts';
import { healthMonitorView } from './view.ts';

/** POST /lbaas/healthmonitors */
export const createsHealthMonitor =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { settings, changes } = dependencies;
    const { pool_id, ...fields } = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const pool = await namedChild(request, 'pool', pool_id);
    const { project_id, load_balancer_id } = pool;
    const draft = (id: string) => draftHealthMonitor({ id, project_id, load_balancer_id, pool_id: pool.id }, fields);
    checkHealthMonitor(draft(''), { pool, settings: settings() });
    return await createChild(request, {
      kind: 'health_monitor',
      loadBalancerId: load_balancer_id,
      projectId: project_id,
      commit: (id) => changes(requesterOf(request)).createHealthMonitor(draft(id)),
      show: (monitor) => ({ healthmonitor: healthMonitorView(monitor) }),
    });
  };
