import type { PolicySet } from '../../../lib/settings/config.ts';
import type { Caller } from './request.ts';

/** What the policies ask for. */
const RULES = [
  'read',
  'readGlobal',
  'readOrService',
  'write',
  'readQuota',
  'readQuotaGlobal',
  'writeQuota',
  'admin',
] as const;
type Rule = (typeof RULES)[number];

/** Roles that fulfil a rule, by where the token gives them. */
interface Grant {
  /** In any project, and for the whole system: they are the right to the objects of all projects. */
  readonly anywhere?: readonly string[];
  /** In the project that the object belongs to. */
  readonly inProject?: readonly string[];
  /** For the whole system. */
  readonly inSystem?: readonly string[];
}

const DEFAULT_ADMIN = { anywhere: ['admin'] };
const DEFAULT_READERS = ['reader', 'member'];
const DEFAULT_READ_GLOBAL = { ...DEFAULT_ADMIN, inSystem: DEFAULT_READERS };
const DEFAULT_READ = { ...DEFAULT_READ_GLOBAL, inProject: DEFAULT_READERS };

const ADMINS = ['admin', 'load-balancer_admin'];
const OBSERVERS = [...ADMINS, 'load-balancer_global_observer'];
const QUOTA_ADMIN = 'load-balancer_quota_admin';
const OWNING_READERS = ['load-balancer_observer', 'load-balancer_member'];

/** Which caller fulfils which rule. */
const GRANTS: Readonly<Record<PolicySet, Readonly<Record<Rule, Grant>>>> = Object.freeze({
  /** Keystone's own roles: no role has to be made for load balancers. */
  keystone_default: {
    read: DEFAULT_READ,
    readGlobal: DEFAULT_READ_GLOBAL,
    /** Other services of the cloud may see which members there are. */
    readOrService: { ...DEFAULT_READ, anywhere: ['admin', 'service'] },
    write: { ...DEFAULT_ADMIN, inProject: ['member'] },
    readQuota: DEFAULT_READ,
    readQuotaGlobal: DEFAULT_READ_GLOBAL,
    writeQuota: DEFAULT_ADMIN,
    admin: DEFAULT_ADMIN,
  },
  /** Roles of the load balancer service alone: a project's members get nothing without one. */
  advanced: {
    read: { anywhere: OBSERVERS, inProject: OWNING_READERS },
    readGlobal: { anywhere: OBSERVERS },
    readOrService: { anywhere: [...OBSERVERS, 'service'], inProject: OWNING_READERS },
    write: { anywhere: ADMINS, inProject: ['load-balancer_member'] },
    readQuota: { anywhere: [...OBSERVERS, QUOTA_ADMIN], inProject: OWNING_READERS },
    readQuotaGlobal: { anywhere: [...OBSERVERS, QUOTA_ADMIN] },
    writeQuota: { anywhere: [...ADMINS, QUOTA_ADMIN] },
    admin: { anywhere: ADMINS },
  },
});

/** The rule of every policy, in both sets. A route names one policy; a list that may span projects has a second one, `<name>-global`. */
export const POLICIES = Object.freeze({
  'os_load-balancer_api:loadbalancer:get_all': 'read',
  'os_load-balancer_api:loadbalancer:get_all-global': 'readGlobal',
  'os_load-balancer_api:loadbalancer:get_one': 'read',
  'os_load-balancer_api:loadbalancer:get_status': 'read',
  'os_load-balancer_api:loadbalancer:get_stats': 'read',
  'os_load-balancer_api:loadbalancer:put_failover': 'admin',
  'os_load-balancer_api:loadbalancer:post': 'write',
  'os_load-balancer_api:loadbalancer:post:vip_sg_ids': 'write',
  'os_load-balancer_api:loadbalancer:put': 'write',
  'os_load-balancer_api:loadbalancer:put:vip_sg_ids': 'write',
  'os_load-balancer_api:loadbalancer:delete': 'write',
  'os_load-balancer_api:listener:get_all': 'read',
  'os_load-balancer_api:listener:get_all-global': 'readGlobal',
  'os_load-balancer_api:listener:get_one': 'read',
  'os_load-balancer_api:listener:get_stats': 'read',
  'os_load-balancer_api:listener:post': 'write',
  'os_load-balancer_api:listener:put': 'write',
  'os_load-balancer_api:listener:delete': 'write',
  'os_load-balancer_api:pool:get_all': 'read',
  'os_load-balancer_api:pool:get_all-global': 'readGlobal',
  'os_load-balancer_api:pool:get_one': 'read',
  'os_load-balancer_api:pool:post': 'write',
  'os_load-balancer_api:pool:put': 'write',
  'os_load-balancer_api:pool:delete': 'write',
  'os_load-balancer_api:member:get_all': 'readOrService',
  'os_load-balancer_api:member:get_all-global': 'readGlobal',
  'os_load-balancer_api:member:get_one': 'read',
  'os_load-balancer_api:member:post': 'write',
  'os_load-balancer_api:member:put': 'write',
  'os_load-balancer_api:member:delete': 'write',
  'os_load-balancer_api:healthmonitor:get_all': 'read',
  'os_load-balancer_api:healthmonitor:get_all-global': 'readGlobal',
  'os_load-balancer_api:healthmonitor:get_one': 'read',
  'os_load-balancer_api:healthmonitor:post': 'write',
  'os_load-balancer_api:healthmonitor:put': 'write',
  'os_load-balancer_api:healthmonitor:delete': 'write',
  'os_load-balancer_api:l7policy:get_all': 'read',
  'os_load-balancer_api:l7policy:get_all-global': 'readGlobal',
  'os_load-balancer_api:l7policy:get_one': 'read',
  'os_load-balancer_api:l7policy:post': 'write',
  'os_load-balancer_api:l7policy:put': 'write',
  'os_load-balancer_api:l7policy:delete': 'write',
  'os_load-balancer_api:l7rule:get_all': 'read',
  'os_load-balancer_api:l7rule:get_all-global': 'readGlobal',
  'os_load-balancer_api:l7rule:get_one': 'read',
  'os_load-balancer_api:l7rule:post': 'write',
  'os_load-balancer_api:l7rule:put': 'write',
  'os_load-balancer_api:l7rule:delete': 'write',
  'os_load-balancer_api:amphora:get_all': 'admin',
  'os_load-balancer_api:amphora:get_one': 'admin',
  'os_load-balancer_api:amphora:get_stats': 'admin',
  'os_load-balancer_api:amphora:put_failover': 'admin',
  'os_load-balancer_api:amphora:put_config': 'admin',
  'os_load-balancer_api:amphora:delete': 'admin',
  'os_load-balancer_api:drift:get_all': 'admin',
  'os_load-balancer_api:drift:get_one': 'admin',
  'os_load-balancer_api:drift:post': 'admin',
  'os_load-balancer_api:freeze:get_one': 'admin',
  'os_load-balancer_api:freeze:put': 'admin',
  'os_load-balancer_api:rollout:get_all': 'admin',
  'os_load-balancer_api:rollout:get_one': 'admin',
  'os_load-balancer_api:rollout:post': 'admin',
  'os_load-balancer_api:rollout:put': 'admin',
  'os_load-balancer_api:provider:get_all': 'read',
  'os_load-balancer_api:provider-flavor:get_all': 'admin',
  'os_load-balancer_api:provider-availability-zone:get_all': 'admin',
  'os_load-balancer_api:flavor:get_all': 'read',
  'os_load-balancer_api:flavor:get_one': 'read',
  'os_load-balancer_api:flavor:post': 'admin',
  'os_load-balancer_api:flavor:put': 'admin',
  'os_load-balancer_api:flavor:delete': 'admin',
  'os_load-balancer_api:flavor-profile:get_all': 'admin',
  'os_load-balancer_api:flavor-profile:get_one': 'admin',
  'os_load-balancer_api:flavor-profile:post': 'admin',
  'os_load-balancer_api:flavor-profile:put': 'admin',
  'os_load-balancer_api:flavor-profile:delete': 'admin',
  'os_load-balancer_api:availability-zone:get_all': 'read',
  'os_load-balancer_api:availability-zone:get_one': 'read',
  'os_load-balancer_api:availability-zone:post': 'admin',
  'os_load-balancer_api:availability-zone:put': 'admin',
  'os_load-balancer_api:availability-zone:delete': 'admin',
  'os_load-balancer_api:availability-zone-profile:get_all': 'admin',
  'os_load-balancer_api:availability-zone-profile:get_one': 'admin',
  'os_load-balancer_api:availability-zone-profile:post': 'admin',
  'os_load-balancer_api:availability-zone-profile:put': 'admin',
  'os_load-balancer_api:availability-zone-profile:delete': 'admin',
  'os_load-balancer_api:quota:get_all': 'readQuota',
  'os_load-balancer_api:quota:get_all-global': 'readQuotaGlobal',
  'os_load-balancer_api:quota:get_one': 'readQuota',
  'os_load-balancer_api:quota:get_defaults': 'readQuota',
  'os_load-balancer_api:quota:put': 'writeQuota',
  'os_load-balancer_api:quota:delete': 'writeQuota',
  'os_load-balancer_api:operation:get_all': 'read',
  'os_load-balancer_api:operation:get_all-global': 'readGlobal',
  'os_load-balancer_api:operation:get_one': 'read',
  'os_load-balancer_api:operation:post_redrive': 'admin',
  /** Amphorae are visible to operators only: so are the parts of a record about them. */
  'os_load-balancer_api:operation:get_details': 'admin',
}) satisfies Readonly<Record<string, Rule>>;

export type PolicyAction = keyof typeof POLICIES;

const holds = ({ roles }: Caller, wanted: readonly string[] = []): boolean =>
  wanted.some((role) => roles.includes(role));

/** True when the caller may do that to something of the project; null is no project's. */
export const allows = (set: PolicySet, caller: Caller, action: PolicyAction, projectId: string | null): boolean => {
  if (caller.unrestricted) return true;
  const { anywhere, inProject, inSystem } = GRANTS[set][POLICIES[action]];
  if (holds(caller, anywhere)) return true;
  if (caller.systemScope && holds(caller, inSystem)) return true;
  return projectId !== null && caller.projectId === projectId && holds(caller, inProject);
};
