import * as z from 'zod';
import {
  numberOfEach,
  QUOTA_RESOURCES,
  type Quota,
  type QuotaNumbers,
  type QuotaResource,
} from '../../models/objects/quota.ts';

/** The attribute that counts a resource; its limit has the resource's own name. */
export const counterOf = (resource: QuotaResource): `in_use_${QuotaResource}` => `in_use_${resource}`;

/** There while a project's objects are counted. */
export const FIRST_COUNTER = counterOf('load_balancer');

const number = z.number().nullish();
const row = z.object({
  project_id: z.string(),
  usage_version: z.number().default(0),
  usage_changed_at: z.string().nullable().default(null),
  recounted_at: z.string().nullable().default(null),
  recount_due_at: z.string().nullable().default(null),
  ...Object.fromEntries(
    QUOTA_RESOURCES.flatMap((resource) => [
      [resource, number],
      [counterOf(resource), number],
    ]),
  ),
});

/** What is known of a project's quota. */
export interface QuotaRow {
  /** The project's own limits. */
  readonly limits: Quota;
  /** How many objects there are; null while they are not counted. */
  readonly inUse: QuotaNumbers | null;
  /** Grows with every change of the counters. */
  readonly version: number;
  /** When the counters changed last, and when they were compared with the objects; ISO 8601. */
  readonly changedAt: string | null;
  readonly recountedAt: string | null;
  /** When they are to be compared next, before anything more is taken; null for at no certain time. ISO 8601. */
  readonly recountDueAt: string | null;
}

/** A row as it was read; a project without one has no limits of its own, and its objects are not counted. */
export const quotaRowOf = (
  projectId: string,
  found: Readonly<Record<string, unknown>> | null | undefined,
): QuotaRow => {
  const parsed = row.parse(found ?? { project_id: projectId });
  const values = new Map<string, unknown>(Object.entries(parsed));
  const numberAt = (name: string): number | null => {
    const value = values.get(name);
    return typeof value === 'number' ? value : null;
  };
  const own = QUOTA_RESOURCES.map((resource) => [resource, numberAt(resource)] as const);
  const used = (resource: QuotaResource): number => numberAt(counterOf(resource)) ?? 0;
  return {
    limits: { project_id: projectId, ...Object.fromEntries(own.filter(([, limit]) => limit !== null)) },
    inUse: numberAt(FIRST_COUNTER) === null ? null : numberOfEach(used),
    version: parsed.usage_version,
    changedAt: parsed.usage_changed_at,
    recountedAt: parsed.recounted_at,
    recountDueAt: parsed.recount_due_at,
  };
};
