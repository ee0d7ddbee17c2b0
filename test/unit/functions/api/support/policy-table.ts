import type { PolicyAction } from '../../../../../functions/api/request/policy.ts';
import type { PolicySet } from '../../../../../lib/settings/config.ts';

/** Upstream's rules for its policies, written down a second time, by what they are about. */
export type Due =
  | 'read'
  | 'read-global'
  | 'read-or-service'
  | 'write'
  | 'read-quota'
  | 'read-quota-global'
  | 'write-quota'
  | 'admin';

const TENANTS = ['loadbalancer', 'listener', 'pool', 'member', 'healthmonitor', 'l7policy', 'l7rule'];
const LOOKS = ['get_all', 'get_one', 'get_stats', 'get_status'];
const OFFERED = ['flavor', 'availability-zone', 'provider', 'operation'];

/** The rule that upstream's documents name for it, and ours for operations. */
export const dueFor = (action: PolicyAction): Due => {
  const [, resource = '', verb = ''] = action.split(':');
  if (resource === 'quota') {
    if (verb === 'put' || verb === 'delete') return 'write-quota';
    return verb === 'get_all-global' ? 'read-quota-global' : 'read-quota';
  }
  if (verb === 'get_all-global') return 'read-global';
  if (resource === 'member' && verb === 'get_all') return 'read-or-service';
  if (TENANTS.includes(resource) && ['post', 'put', 'delete'].includes(verb)) return 'write';
  return [...TENANTS, ...OFFERED].includes(resource) && LOOKS.includes(verb) ? 'read' : 'admin';
};

/** Where a token's role is held: in the object's project, in another one, or for the whole system. */
export const PLACES = ['own', 'other', 'system'] as const;
export type Place = (typeof PLACES)[number];

export const ROLES = [
  'reader',
  'member',
  'admin',
  'service',
  'creator',
  'load-balancer_observer',
  'load-balancer_global_observer',
  'load-balancer_member',
  'load-balancer_quota_admin',
  'load-balancer_admin',
] as const;
export type Role = (typeof ROLES)[number];

const QUOTAS: readonly Due[] = ['read-quota', 'read-quota-global', 'write-quota'];
const LOOK: readonly Due[] = ['read', 'read-or-service', 'read-quota'];
const LOOK_AT_ALL: readonly Due[] = [...LOOK, 'read-global', 'read-quota-global'];
const ALL: readonly Due[] = [...LOOK_AT_ALL, 'write', 'write-quota', 'admin'];

type Dues = Readonly<Record<Place, readonly Due[]>>;

const everywhere = (dues: readonly Due[]): Dues => ({ own: dues, other: dues, system: dues });
const at = (own: readonly Due[], system: readonly Due[] = []): Dues => ({ own, other: [], system });
const NOTHING = everywhere([]);

/** What each role is due, with something of a project, by where it is held. */
export const DUE: Readonly<Record<PolicySet, Readonly<Record<Role, Dues>>>> = {
  keystone_default: {
    reader: at(LOOK, LOOK_AT_ALL),
    member: at([...LOOK, 'write'], LOOK_AT_ALL),
    admin: everywhere(ALL),
    service: everywhere(['read-or-service']),
    creator: NOTHING,
    'load-balancer_observer': NOTHING,
    'load-balancer_global_observer': NOTHING,
    'load-balancer_member': NOTHING,
    'load-balancer_quota_admin': NOTHING,
    'load-balancer_admin': NOTHING,
  },
  advanced: {
    reader: NOTHING,
    member: NOTHING,
    admin: everywhere(ALL),
    service: everywhere(['read-or-service']),
    creator: NOTHING,
    'load-balancer_observer': at(LOOK),
    'load-balancer_global_observer': everywhere(LOOK_AT_ALL),
    'load-balancer_member': at([...LOOK, 'write']),
    'load-balancer_quota_admin': everywhere(QUOTAS),
    'load-balancer_admin': everywhere(ALL),
  },
};
