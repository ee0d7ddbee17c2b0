import type { Caller } from './request.ts';

/** What a caller is measured against: the project that the object belongs to, or null for no project. */
type Rule = (caller: Caller, projectId: string | null) => boolean;

const hasRole = (caller: Caller, ...roles: readonly string[]): boolean =>
  roles.some((role) => caller.roles.includes(role));

const owns = (caller: Caller, projectId: string | null): boolean =>
  projectId !== null && caller.projectId === projectId;

/** Keystone's default roles or the load balancer service's own, whichever the cloud gives its users. */
const admin: Rule = (caller) => caller.unrestricted || hasRole(caller, 'admin', 'load-balancer_admin');

const readGlobal: Rule = (caller, projectId) =>
  admin(caller, projectId) ||
  hasRole(caller, 'load-balancer_global_observer') ||
  (caller.systemScope && hasRole(caller, 'reader', 'member'));

const read: Rule = (caller, projectId) =>
  readGlobal(caller, projectId) ||
  (owns(caller, projectId) && hasRole(caller, 'reader', 'member', 'load-balancer_observer', 'load-balancer_member'));

const write: Rule = (caller, projectId) =>
  admin(caller, projectId) || (owns(caller, projectId) && hasRole(caller, 'member', 'load-balancer_member'));

/** Other services of the cloud may see which members there are. */
const readOrService: Rule = (caller, projectId) => read(caller, projectId) || hasRole(caller, 'service');

const readQuotaGlobal: Rule = (caller, projectId) =>
  readGlobal(caller, projectId) || hasRole(caller, 'load-balancer_quota_admin');

const readQuota: Rule = (caller, projectId) => readQuotaGlobal(caller, projectId) || read(caller, projectId);

const writeQuota: Rule = (caller, projectId) =>
  admin(caller, projectId) || hasRole(caller, 'load-balancer_quota_admin');

/** Every policy by its name. A route names one; a list that may span projects has a second one, `<name>-global`. */
export const POLICIES = Object.freeze({
  'os_load-balancer_api:loadbalancer:get_all': read,
  'os_load-balancer_api:loadbalancer:get_all-global': readGlobal,
  'os_load-balancer_api:loadbalancer:get_one': read,
  'os_load-balancer_api:loadbalancer:get_status': read,
  'os_load-balancer_api:loadbalancer:get_stats': read,
  'os_load-balancer_api:loadbalancer:put_failover': admin,
  'os_load-balancer_api:loadbalancer:post': write,
  'os_load-balancer_api:loadbalancer:post:vip_sg_ids': write,
  'os_load-balancer_api:loadbalancer:put': write,
  'os_load-balancer_api:loadbalancer:put:vip_sg_ids': write,
  'os_load-balancer_api:loadbalancer:delete': write,
  'os_load-balancer_api:listener:get_all': read,
  'os_load-balancer_api:listener:get_all-global': readGlobal,
  'os_load-balancer_api:listener:get_one': read,
  'os_load-balancer_api:listener:get_stats': read,
  'os_load-balancer_api:listener:post': write,
  'os_load-balancer_api:listener:put': write,
  'os_load-balancer_api:listener:delete': write,
  'os_load-balancer_api:pool:get_all': read,
  'os_load-balancer_api:pool:get_all-global': readGlobal,
  'os_load-balancer_api:pool:get_one': read,
  'os_load-balancer_api:pool:post': write,
  'os_load-balancer_api:pool:put': write,
  'os_load-balancer_api:pool:delete': write,
  'os_load-balancer_api:member:get_all': readOrService,
  'os_load-balancer_api:member:get_all-global': readGlobal,
  'os_load-balancer_api:member:get_one': read,
  'os_load-balancer_api:member:post': write,
  'os_load-balancer_api:member:put': write,
  'os_load-balancer_api:member:delete': write,
  'os_load-balancer_api:healthmonitor:get_all': read,
  'os_load-balancer_api:healthmonitor:get_all-global': readGlobal,
  'os_load-balancer_api:healthmonitor:get_one': read,
  'os_load-balancer_api:healthmonitor:post': write,
  'os_load-balancer_api:healthmonitor:put': write,
  'os_load-balancer_api:healthmonitor:delete': write,
  'os_load-balancer_api:l7policy:get_all': read,
  'os_load-balancer_api:l7policy:get_all-global': readGlobal,
  'os_load-balancer_api:l7policy:get_one': read,
  'os_load-balancer_api:l7policy:post': write,
  'os_load-balancer_api:l7policy:put': write,
  'os_load-balancer_api:l7policy:delete': write,
  'os_load-balancer_api:l7rule:get_all': read,
  'os_load-balancer_api:l7rule:get_all-global': readGlobal,
  'os_load-balancer_api:l7rule:get_one': read,
  'os_load-balancer_api:l7rule:post': write,
  'os_load-balancer_api:l7rule:put': write,
  'os_load-balancer_api:l7rule:delete': write,
  'os_load-balancer_api:amphora:get_all': admin,
  'os_load-balancer_api:amphora:get_one': admin,
  'os_load-balancer_api:amphora:get_stats': admin,
  'os_load-balancer_api:amphora:put_failover': admin,
  'os_load-balancer_api:amphora:put_config': admin,
  'os_load-balancer_api:amphora:delete': admin,
  'os_load-balancer_api:provider:get_all': read,
  'os_load-balancer_api:provider-flavor:get_all': admin,
  'os_load-balancer_api:provider-availability-zone:get_all': admin,
  'os_load-balancer_api:flavor:get_all': read,
  'os_load-balancer_api:flavor:get_one': read,
  'os_load-balancer_api:flavor:post': admin,
  'os_load-balancer_api:flavor:put': admin,
  'os_load-balancer_api:flavor:delete': admin,
  'os_load-balancer_api:flavor-profile:get_all': admin,
  'os_load-balancer_api:flavor-profile:get_one': admin,
  'os_load-balancer_api:flavor-profile:post': admin,
  'os_load-balancer_api:flavor-profile:put': admin,
  'os_load-balancer_api:flavor-profile:delete': admin,
  'os_load-balancer_api:availability-zone:get_all': read,
  'os_load-balancer_api:availability-zone:get_one': read,
  'os_load-balancer_api:availability-zone:post': admin,
  'os_load-balancer_api:availability-zone:put': admin,
  'os_load-balancer_api:availability-zone:delete': admin,
  'os_load-balancer_api:availability-zone-profile:get_all': admin,
  'os_load-balancer_api:availability-zone-profile:get_one': admin,
  'os_load-balancer_api:availability-zone-profile:post': admin,
  'os_load-balancer_api:availability-zone-profile:put': admin,
  'os_load-balancer_api:availability-zone-profile:delete': admin,
  'os_load-balancer_api:quota:get_all': readQuota,
  'os_load-balancer_api:quota:get_all-global': readQuotaGlobal,
  'os_load-balancer_api:quota:get_one': readQuota,
  'os_load-balancer_api:quota:get_defaults': readQuota,
  'os_load-balancer_api:quota:put': writeQuota,
  'os_load-balancer_api:quota:delete': writeQuota,
  'os_load-balancer_api:operation:get_all': read,
  'os_load-balancer_api:operation:get_all-global': readGlobal,
  'os_load-balancer_api:operation:get_one': read,
  'os_load-balancer_api:operation:post_redrive': admin,
  /** Amphorae are the operators' business: so are the parts of a record that tell of them. */
  'os_load-balancer_api:operation:get_details': admin,
}) satisfies Readonly<Record<string, Rule>>;

export type PolicyAction = keyof typeof POLICIES;

/** True when the caller may do that to something of the project. */
export const allows = (caller: Caller, action: PolicyAction, projectId: string | null): boolean =>
  POLICIES[action](caller, projectId);

/** True when the caller may do that to anybody's. */
export const isAdmin = (caller: Caller): boolean => admin(caller, null);
