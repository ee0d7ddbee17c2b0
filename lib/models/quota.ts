/** What is counted. */
export const QUOTA_RESOURCES = [
  'load_balancer',
  'listener',
  'pool',
  'member',
  'health_monitor',
  'l7policy',
  'l7rule',
] as const;
export type QuotaResource = (typeof QUOTA_RESOURCES)[number];

/** How many of each there may be, or are; -1 is "any number" for a limit. */
export type QuotaNumbers = Readonly<Record<QuotaResource, number>>;

/** A project's own limits; what is absent is at its default. */
export interface Quota extends Readonly<Partial<QuotaNumbers>> {
  readonly project_id: string;
}
