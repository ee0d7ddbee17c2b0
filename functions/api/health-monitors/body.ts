import * as z from 'zod';
import { domainNameRule, expectedCodesRule, urlPathRule } from '../../../lib/amphora/render/fields/http.ts';
import { HealthMonitorType } from '../../../lib/models/pool.ts';
import { commonCreateFields, commonUpdateFields } from '../children/common-fields.ts';
import { attributes, integer, oneOf, ruled, uuid } from '../fields/fields.ts';

const MOST = 2_147_483_647;

const httpVersion = () =>
  z
    .union([z.number(), z.string()], { error: 'Value should be one of: 1.0, 1.1' })
    .transform(Number)
    .refine((version) => version === 1 || version === 1.1, { error: 'Value should be one of: 1.0, 1.1' });

const http = {
  http_method: oneOf(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH']).nullish(),
  url_path: ruled(urlPathRule).nullish(),
  expected_codes: ruled(expectedCodesRule).nullish(),
  http_version: httpVersion().nullish(),
  domain_name: ruled(domainNameRule).nullish(),
};

const delay = () => integer(0, MOST);
const timeout = () => integer(0, MOST);
const retries = () => integer(1, 10);

const { name, admin_state_up, project_id, tenant_id, tags } = commonCreateFields;
const { http_method, url_path, expected_codes, http_version, domain_name } = http;

/** In upstream's order: of two mistakes the first one is told. */
const checked = {
  name,
  type: oneOf([
    HealthMonitorType.HTTP,
    HealthMonitorType.HTTPS,
    HealthMonitorType.PING,
    HealthMonitorType.TCP,
    HealthMonitorType.TLS_HELLO,
    HealthMonitorType.UDP_CONNECT,
    HealthMonitorType.SCTP,
  ]),
  delay: delay(),
  timeout: timeout(),
  max_retries_down: retries().nullish(),
  max_retries: retries(),
  http_method,
  url_path,
  expected_codes,
  admin_state_up,
};
const last = { tags, http_version, domain_name };

/** Fields of a health monitor that comes with its pool. */
export const healthMonitorFields = { ...checked, ...last };

/** Fields of POST. */
export const createFields = attributes({ ...checked, project_id, tenant_id, pool_id: uuid().nullable(), ...last });
const unplaced = attributes(healthMonitorFields);
export type HealthMonitorFields = z.infer<typeof unplaced>;

/** Fields of PUT: absent keeps, null resets where there is something to reset to. */
export const updateFields = attributes({
  ...commonUpdateFields,
  ...http,
  delay: delay().optional(),
  timeout: timeout().optional(),
  max_retries: retries().optional(),
  max_retries_down: retries().nullish(),
});
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'health_monitor_', wrapper: 'healthmonitor' } as const;
