import { requestedChild } from '../children/requested.ts';
import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { healthMonitorView } from './view.ts';

/** GET /lbaas/healthmonitors/{id} */
export const showHealthMonitor: ApiHandler = async (request) => {
  const view = healthMonitorView(await requestedChild(request, 'health_monitor'));
  return { status: 200, body: { healthmonitor: narrow(view, askedFields(request.query)) } };
};
