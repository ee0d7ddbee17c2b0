import type { Quota, QuotaNumbers } from '../../../lib/models/objects/quota.ts';
import type { QuotaView } from './shape.ts';

/** The limits that hold for a project; two resources are also shown by their other spelling. */
export const quotaView = (quota: Quota, defaults: QuotaNumbers): QuotaView => {
  const { load_balancer, listener, pool, member, health_monitor, l7policy, l7rule } = { ...defaults, ...quota };
  return {
    project_id: quota.project_id,
    tenant_id: quota.project_id,
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

/** Fields a list of quotas can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
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
