import * as z from 'zod';
import { domainNameRule, expectedCodesRule, urlPathRule } from '../../../lib/amphora/render/fields/http.ts';
import { type HealthMonitor, HealthMonitorType } from '../../../lib/models/objects/pool.ts';
import { enabledField, nameField, projectFields, tagsField } from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import { fieldsOf, shownOnly } from '../fields/field.ts';
import { attributes, integer, oneOf, ruled, uuid } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import { idOnly } from '../views/common.ts';
import { count, idsShape, string } from '../views/shapes.ts';

const { optional, mandatory } = fieldsOf<HealthMonitor, Pick<HealthMonitor, 'type'>>();

const type = oneOf(Object.values(HealthMonitorType));
const method = oneOf(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH']);
const seconds = integer(0, 2_147_483_647);
const retries = integer(1, 10);
const httpVersion = z
  .union([z.number(), z.string()], { error: 'Value should be one of: 1.0, 1.1' })
  .transform(Number)
  .refine((version) => version === 1 || version === 1.1, { error: 'Value should be one of: 1.0, 1.1' });

/** What is asked for and expected by a monitor without these fields; only those of HTTP have them. */
const ofHttp =
  (value: string) =>
  ({ type }: Pick<HealthMonitor, 'type'>): string | null =>
    type === 'HTTP' || type === 'HTTPS' ? value : null;

const textOrNull = () => string().nullable();

/** In upstream's order: of two mistakes the first one is reported. */
export const HEALTH_MONITOR = resourceOf<HealthMonitor, Pick<HealthMonitor, 'type'>>()({
  argument: 'health_monitor_',
  wrapper: 'healthmonitor',
  plural: 'healthmonitors',
  schema: 'HealthMonitor',
  fields: {
    name: nameField,
    type: mandatory({ attribute: 'type', input: type, shape: () => type }),
    delay: mandatory({ attribute: 'delay', input: seconds, shape: count }),
    timeout: mandatory({ attribute: 'timeout', input: seconds, shape: count }),
    max_retries_down: optional({ attribute: 'fall_threshold', input: retries, initial: () => 3, shape: count }),
    max_retries: mandatory({ attribute: 'rise_threshold', input: retries, shape: count }),
    http_method: optional({ attribute: 'http_method', input: method, initial: ofHttp('GET'), shape: textOrNull }),
    url_path: optional({
      attribute: 'url_path',
      input: ruled(urlPathRule),
      initial: ofHttp('/'),
      shape: textOrNull,
    }),
    expected_codes: optional({
      attribute: 'expected_codes',
      input: ruled(expectedCodesRule),
      initial: ofHttp('200'),
      shape: textOrNull,
    }),
    admin_state_up: enabledField,
    tags: tagsField,
    http_version: optional({
      attribute: 'http_version',
      input: httpVersion,
      initial: () => null,
      shape: () => z.number().nullable(),
    }),
    domain_name: optional({
      attribute: 'domain_name',
      input: ruled(domainNameRule),
      initial: () => null,
      shape: textOrNull,
    }),
  },
  shown: { pools: shownOnly(idsShape, ({ pool_id }) => [idOnly(pool_id)]) },
  hidden: { loadbalancer_id: ({ load_balancer_id }) => load_balancer_id, pool_id: ({ pool_id }) => pool_id },
});

const { tags, http_version, domain_name, ...first } = HEALTH_MONITOR.posts;

/** Fields of POST. */
export const createFields = attributes({
  ...first,
  ...projectFields,
  pool_id: uuid().nullable(),
  ...{ tags, http_version, domain_name },
});

/** Fields of a health monitor that comes with its pool. */
export const nestedFields = attributes(HEALTH_MONITOR.posts);

/** Fields of PUT: absent keeps, null resets where there is something to reset to. */
export const updateFields = attributes(HEALTH_MONITOR.puts).omit({ type: true });
export type UpdateFields = z.infer<typeof updateFields>;

/** The health monitor that the fields ask for. */
export const draftHealthMonitor = (
  place: Place & { readonly pool_id: string },
  fields: z.infer<typeof nestedFields>,
): HealthMonitor => ({ ...newObject(place), ...HEALTH_MONITOR.draft(fields, fields), pool_id: place.pool_id });
