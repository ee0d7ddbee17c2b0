import type { HealthMonitor } from '../../../lib/models/pool.ts';
import { idOnly, NAMED_FIELDS, objectView } from '../views/common.ts';
import type { HealthMonitorView } from './shape.ts';

/** A health monitor as GET, PUT and POST show it. */
export const healthMonitorView = (monitor: HealthMonitor): HealthMonitorView => ({
  ...objectView(monitor),
  name: monitor.name,
  type: monitor.type,
  delay: monitor.delay,
  timeout: monitor.timeout,
  max_retries: monitor.rise_threshold,
  max_retries_down: monitor.fall_threshold,
  http_method: monitor.http_method,
  url_path: monitor.url_path,
  expected_codes: monitor.expected_codes,
  http_version: monitor.http_version,
  domain_name: monitor.domain_name,
  pools: [idOnly(monitor.pool_id)],
});

/** Fields a list of health monitors can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  ...NAMED_FIELDS.filter((field) => field !== 'description'),
  'loadbalancer_id',
  'pool_id',
  'type',
  'delay',
  'timeout',
  'max_retries',
  'max_retries_down',
  'http_method',
  'url_path',
  'expected_codes',
  'http_version',
  'domain_name',
] as const;
