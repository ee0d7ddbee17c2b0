import type { HealthMonitor } from '../../../lib/models/pool.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { HealthMonitorFields } from './body.ts';

export const DEFAULT_FALL_THRESHOLD = 3;

/** What a monitor asks for and expects that gives nothing; only those that speak HTTP do. */
export const httpDefaults = (
  type: HealthMonitor['type'],
): Pick<HealthMonitor, 'http_method' | 'url_path' | 'expected_codes'> =>
  type === 'HTTP' || type === 'HTTPS'
    ? { http_method: 'GET', url_path: '/', expected_codes: '200' }
    : { http_method: null, url_path: null, expected_codes: null };

/** The health monitor that the fields ask for. */
export const draftHealthMonitor = (
  place: Place & { readonly pool_id: string },
  fields: HealthMonitorFields,
): HealthMonitor => {
  const http = httpDefaults(fields.type);
  return {
    ...newObject(place, fields),
    pool_id: place.pool_id,
    name: fields.name ?? '',
    type: fields.type,
    delay: fields.delay,
    timeout: fields.timeout,
    rise_threshold: fields.max_retries,
    fall_threshold: fields.max_retries_down ?? DEFAULT_FALL_THRESHOLD,
    http_method: fields.http_method ?? http.http_method,
    url_path: fields.url_path ?? http.url_path,
    expected_codes: fields.expected_codes ?? http.expected_codes,
    http_version: fields.http_version ?? null,
    domain_name: fields.domain_name ?? null,
  };
};
