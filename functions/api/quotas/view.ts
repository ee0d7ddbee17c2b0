import type { Quota, QuotaNumbers } from '../../../lib/models/quota.ts';
import type { ListedQuotaView, QuotaView } from './shape.ts';

/** The limits that hold; two resources are also told by their other spelling. */
export const quotaView = (quota: Partial<Quota>, defaults: QuotaNumbers): QuotaView => {
  const { load_balancer, listener, pool, member, health_monitor, l7policy, l7rule } = { ...defaults, ...quota };
  return {
    loadbalancer: load_balancer,
    load_balancer,
    listener,
    pool,
    member,
    healthmonitor: health_monitor,
    health_monitor,
    l7policy,
    l7rule,
  };
};

/** The limits of a project, in a list of several. */
export const listedQuotaView = (quota: Quota, defaults: QuotaNumbers): ListedQuotaView => ({
  ...quotaView(quota, defaults),
  id: quota.project_id,
  project_id: quota.project_id,
  tenant_id: quota.project_id,
});

/** Fields a list of quotas can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  'id',
  'project_id',
  'loadbalancer',
  'load_balancer',
  'listener',
  'pool',
  'member',
  'healthmonitor',
  'health_monitor',
  'l7policy',
  'l7rule',
] as const;
