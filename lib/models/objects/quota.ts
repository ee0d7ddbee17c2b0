import type { Child, ChildKind } from './child.ts';
import { CHILD_KINDS, KINDS } from './kinds.ts';

/** What is counted: load balancers, and each kind of object below them. */
export type QuotaResource = 'load_balancer' | (typeof KINDS)[ChildKind]['quota'];
export const QUOTA_RESOURCES: readonly QuotaResource[] = [
  'load_balancer',
  ...CHILD_KINDS.map((kind) => KINDS[kind].quota),
];

/** How many of each there may be, or are; -1 is "any number" for a limit. */
export type QuotaNumbers = Readonly<Record<QuotaResource, number>>;

/** A project's own limits; what is absent is at its default. */
export interface Quota extends Readonly<Partial<QuotaNumbers>> {
  readonly project_id: string;
}

/** So many of some resources. */
export type QuotaAmounts = Readonly<Partial<Record<QuotaResource, number>>>;

/** As refusals call it. */
export const quotaName = (resource: QuotaResource): string => NAMES.get(resource) ?? resource;

const NAMES: ReadonlyMap<QuotaResource, string> = /* @__PURE__ */ new Map([
  ['load_balancer', 'Load Balancer'],
  ...CHILD_KINDS.map((kind): [QuotaResource, string] => [KINDS[kind].quota, KINDS[kind].name]),
]);

/** One number for each. */
export const numberOfEach = (numberOf: (resource: QuotaResource) => number): QuotaNumbers => ({
  load_balancer: numberOf('load_balancer'),
  listener: numberOf('listener'),
  pool: numberOf('pool'),
  member: numberOf('member'),
  health_monitor: numberOf('health_monitor'),
  l7policy: numberOf('l7policy'),
  l7rule: numberOf('l7rule'),
});

/** What these objects take of their project's quota. */
export const amountsOf = (children: readonly Pick<Child, 'kind'>[]): QuotaAmounts => {
  const amounts: Partial<Record<QuotaResource, number>> = {};
  for (const { kind } of children) {
    const resource = KINDS[kind].quota;
    amounts[resource] = (amounts[resource] ?? 0) + 1;
  }
  return amounts;
};

/** Resources of which there is at least one. */
export const resourcesIn = (amounts: QuotaAmounts): readonly QuotaResource[] =>
  QUOTA_RESOURCES.filter((resource) => (amounts[resource] ?? 0) > 0);
