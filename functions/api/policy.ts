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

/** Every policy by its name. A route names one; a list that may span projects has a second one, `<name>-global`. */
export const POLICIES = Object.freeze({
  'os_load-balancer_api:loadbalancer:get_all': read,
  'os_load-balancer_api:loadbalancer:get_all-global': readGlobal,
  'os_load-balancer_api:loadbalancer:get_one': read,
  'os_load-balancer_api:loadbalancer:get_status': read,
  'os_load-balancer_api:loadbalancer:post': write,
  'os_load-balancer_api:loadbalancer:put': write,
  'os_load-balancer_api:loadbalancer:delete': write,
  'os_load-balancer_api:operation:get_all': read,
  'os_load-balancer_api:operation:get_all-global': readGlobal,
  'os_load-balancer_api:operation:get_one': read,
  /** Amphorae are the operators' business: so are the parts of a record that tell of them. */
  'os_load-balancer_api:operation:get_details': admin,
}) satisfies Readonly<Record<string, Rule>>;

export type PolicyAction = keyof typeof POLICIES;

/** True when the caller may do that to something of the project. */
export const allows = (caller: Caller, action: PolicyAction, projectId: string | null): boolean =>
  POLICIES[action](caller, projectId);

/** True when the caller may do that to anybody's. */
export const isAdmin = (caller: Caller): boolean => admin(caller, null);
