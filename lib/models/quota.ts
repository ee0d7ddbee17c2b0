import type { Child, ChildKind } from './child.ts';

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

/** So many of some resources. */
export type QuotaAmounts = Readonly<Partial<Record<QuotaResource, number>>>;

/** As refusals call them. */
export const QUOTA_NAMES: Readonly<Record<QuotaResource, string>> = Object.freeze({
  load_balancer: 'Load Balancer',
  listener: 'Listener',
  pool: 'Pool',
  member: 'Member',
  health_monitor: 'Health Monitor',
  l7policy: 'L7 Policy',
  l7rule: 'L7 Rule',
});

/** What each kind of object counts as. */
export const COUNTED_AS: Readonly<Record<ChildKind, QuotaResource>> = Object.freeze({
  listener: 'listener',
  pool: 'pool',
  member: 'member',
  health_monitor: 'health_monitor',
  l7_policy: 'l7policy',
  l7_rule: 'l7rule',
});

/** What these objects take of their project's quota. */
export const amountsOf = (children: readonly Pick<Child, 'kind'>[]): QuotaAmounts => {
  const amounts: Partial<Record<QuotaResource, number>> = {};
  for (const { kind } of children) {
    const resource = COUNTED_AS[kind];
    amounts[resource] = (amounts[resource] ?? 0) + 1;
  }
  return amounts;
};

/** Resources of which there is at least one. */
export const resourcesIn = (amounts: QuotaAmounts): readonly QuotaResource[] =>
  QUOTA_RESOURCES.filter((resource) => (amounts[resource] ?? 0) > 0);
