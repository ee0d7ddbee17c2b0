import type { HealthMonitorUpdates } from '../../../lib/changes/health-monitors.ts';
import type { HealthMonitor } from '../../../lib/models/pool.ts';
import { changeBelow } from '../children/change.ts';
import { commonUpdates } from '../children/common-fields.ts';
import { requestedChild, storedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { checkHealthMonitorChange } from './check.ts';
import { DEFAULT_FALL_THRESHOLD, httpDefaults } from './draft.ts';
import { healthMonitorView } from './view.ts';

/** Absent fields are not among the updates; null is the field's reset value. */
const updatesOf = (fields: UpdateFields, { type }: HealthMonitor): HealthMonitorUpdates => {
  const http = httpDefaults(type);
  const { http_method, url_path, expected_codes, http_version, domain_name } = fields;
  return {
    ...commonUpdates(fields),
    ...(fields.delay !== undefined && { delay: fields.delay }),
    ...(fields.timeout !== undefined && { timeout: fields.timeout }),
    ...(fields.max_retries !== undefined && { rise_threshold: fields.max_retries }),
    ...(fields.max_retries_down !== undefined && { fall_threshold: fields.max_retries_down ?? DEFAULT_FALL_THRESHOLD }),
    ...(http_method !== undefined && { http_method: http_method ?? http.http_method }),
    ...(url_path !== undefined && { url_path: url_path ?? http.url_path }),
    ...(expected_codes !== undefined && { expected_codes: expected_codes ?? http.expected_codes }),
    ...(http_version !== undefined && { http_version }),
    ...(domain_name !== undefined && { domain_name }),
  };
};

/** PUT /lbaas/healthmonitors/{id} */
export const updatesHealthMonitor =
  ({ settings, changes }: Pick<ApiDependencies, 'settings' | 'changes'>): ApiHandler =>
  async (request) => {
    const find = () => requestedChild(request, 'health_monitor');
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    const pool = await storedChild('pool', found.pool_id);
    const updates = updatesOf(fields, found);
    checkHealthMonitorChange(found, fields, { pool, settings: settings() });
    const handle = await changeBelow(found.load_balancer_id, () =>
      changes(requesterOf(request)).updateHealthMonitor(found.id, updates),
    );
    const updated = await storedChild('health_monitor', found.id);
    return { status: 200, body: { healthmonitor: healthMonitorView(updated) }, headers: operationHeader(handle) };
  };
