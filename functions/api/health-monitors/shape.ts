import * as z from 'zod';
import { HealthMonitorType } from '../../../lib/models/pool.ts';
import { count, idOnlyShape, many, objectShape } from '../views/shapes.ts';

/** A health monitor as GET, PUT and POST show it. */
export const healthMonitorShape = z
  .strictObject({
    ...objectShape.shape,
    name: z.string(),
    type: z.enum(HealthMonitorType),
    delay: count(),
    timeout: count(),
    max_retries: count(),
    max_retries_down: count(),
    http_method: z.string().nullable(),
    url_path: z.string().nullable(),
    expected_codes: z.string().nullable(),
    http_version: z.number().nullable(),
    domain_name: z.string().nullable(),
    pools: many(idOnlyShape),
  })
  .meta({ id: 'HealthMonitor' });
export type HealthMonitorView = z.infer<typeof healthMonitorShape>;
