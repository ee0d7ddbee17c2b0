import type { Child, ChildKind } from '../../../lib/models/child.ts';
import type { QuotaNumbers } from '../../../lib/models/quota.ts';

/** What a graph takes of its project's quota. */
export const quotaOf = (children: readonly Child[]): Omit<QuotaNumbers, 'load_balancer'> => {
  const count = (kind: ChildKind) => children.filter((child) => child.kind === kind).length;
  return {
    listener: count('listener'),
    pool: count('pool'),
    member: count('member'),
    health_monitor: count('health_monitor'),
    l7policy: count('l7_policy'),
    l7rule: count('l7_rule'),
  };
};
