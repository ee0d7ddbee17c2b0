import * as z from 'zod';

/** Shapes of what agents answer, as far as the worker reads it. Keys beyond these are ignored. */
export const versionAnswer = z.object({ api_version: z.string() });

export const infoAnswer = z.object({
  hostname: z.string(),
  haproxy_version: z.string(),
  api_version: z.string(),
});

/** Agents before Octavia 12 say neither how many processors they have nor which tuned profiles are active. */
export const detailsAnswer = z.object({
  haproxy_version: z.string(),
  cpu_count: z.int().min(1).default(1),
  memory: z.object({ free: z.coerce.number(), buffers: z.coerce.number(), cached: z.coerce.number() }),
  active_tuned_profiles: z.string().default(''),
});

export const certificateAnswer = z.object({ md5sum: z.string() });

export const interfaceAnswer = z.object({ interface: z.string() });
