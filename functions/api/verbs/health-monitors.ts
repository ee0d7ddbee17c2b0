import { listsChildren } from '../children/list.ts';
import { namedChild, requestedChild, storedChild } from '../children/requested.ts';
import { childVerbs } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { checkHealthMonitor, checkHealthMonitorChange } from '../health-monitors/check.ts';
import { createFields, draftHealthMonitor, HEALTH_MONITOR, updateFields } from '../health-monitors/definition.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { Verbs } from '../request/resource-routes.ts';

const { show, create, updates, removes } = childVerbs({
  kind: 'health_monitor',
  resource: HEALTH_MONITOR,
  find: (request) => requestedChild(request, 'health_monitor'),
  show: (monitor) => HEALTH_MONITOR.view(monitor, null),
});

/** What can be done with health monitors. */
export const healthMonitorVerbs = (dependencies: ApiDependencies): Verbs => ({
  list: listsChildren(dependencies.settings, {
    kind: 'health_monitor',
    resource: HEALTH_MONITOR,
    global: 'os_load-balancer_api:healthmonitor:get_all-global',
    related: null,
  }),

  show,

  create: async (request) => {
    const { pool_id, ...fields } = parseResource(request.body, { ...HEALTH_MONITOR, fields: createFields });
    const pool = await namedChild(request, 'pool', pool_id);
    const { project_id, load_balancer_id } = pool;
    const draft = (id: string) => draftHealthMonitor({ id, project_id, load_balancer_id, pool_id: pool.id }, fields);
    checkHealthMonitor(draft(''), { pool, settings: dependencies.settings() });
    return await create(request, dependencies, {
      load_balancer_id,
      project_id,
      commit: (worker, id) => worker.createHealthMonitor(draft(id)),
    });
  },

  update: updates(dependencies, {
    fields: updateFields,
    plan: async (_request, fields, found) => {
      const pool = await storedChild('pool', found.pool_id);
      checkHealthMonitorChange(found, fields, { pool, settings: dependencies.settings() });
      return HEALTH_MONITOR.updates(fields, found);
    },
    commit: (worker, id, changes) => worker.updateHealthMonitor(id, changes),
  }),

  remove: removes(dependencies, (worker, id) => worker.deleteHealthMonitor(id)),
});
