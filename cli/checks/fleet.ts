import type * as z from 'zod';
import type { Api, Query } from '../api/client.ts';
import {
  amphoraShape,
  BRIEF_FIELDS,
  type BriefOperation,
  briefShape,
  freezeShape,
  healthShape,
  loadBalancerShape,
  roundShape,
} from '../api/shapes.ts';
import { RefusedError } from '../output/errors.ts';
import { sinceOf } from '../output/times.ts';

const fields = (...names: readonly string[]): Query => names.map((name) => ['fields', name] as const);

/** Null for what these credentials may not see. */
export const visible = async <T>(asking: Promise<T>): Promise<T | null> => {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 403) return null;
    throw error;
  }
};

export interface Fleet {
  readonly loadBalancers: readonly z.infer<typeof loadBalancerShape>[];
  /** Accepted in the last 24 hours, newest first. */
  readonly operations: readonly BriefOperation[];
  /** Null for tenants, as what follows. */
  readonly amphorae: readonly z.infer<typeof amphoraShape>[] | null;
  readonly health: z.infer<typeof healthShape> | null;
  readonly freeze: z.infer<typeof freezeShape> | null;
  /** Undefined for tenants; null before the first round. */
  readonly drift: z.infer<typeof roundShape> | undefined;
}

/** What the API knows of the fleet, or for a tenant of the own project. */
export const readFleet = async (api: Api): Promise<Fleet> => {
  const names = fields('id', 'name', 'provisioning_status', 'operating_status', 'created_at', 'updated_at');
  const recent: Query = [['since', sinceOf('24h')], ...fields(...BRIEF_FIELDS)];
  const certificates = fields('id', 'loadbalancer_id', 'status', 'cert_expiration');
  const [loadBalancers, operations, amphorae, health, freeze, drift] = await Promise.all([
    api.list('/v2.0/lbaas/loadbalancers', 'loadbalancers', loadBalancerShape, { query: names }),
    api.list('/v2.0/lbaas/operations', 'operations', briefShape, { query: recent }),
    visible(api.list('/v2.0/octavia/amphorae', 'amphorae', amphoraShape, { query: certificates })),
    visible(api.get('/v2.0/octavia/health', 'health', healthShape)),
    visible(api.get('/v2.0/octavia/freeze', 'freeze', freezeShape)),
    visible(api.get('/v2.0/octavia/drift', 'drift', roundShape).then((round) => ({ round }))),
  ]);
  return { loadBalancers, operations, amphorae, health, freeze, drift: drift === null ? undefined : drift.round };
};

/** How many have which value, most first. */
export const counted = (values: readonly string[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, left], [, right]) => right - left));
};
