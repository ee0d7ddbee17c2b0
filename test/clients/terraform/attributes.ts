import type { Plan, Resource } from './terraform.ts';

/** By the type of a resource: what makes the provider replace it, and what it does not change rightly. */
export const FIXED: Readonly<Record<string, readonly string[]>> = {
  openstack_lb_flavor_v2: ['flavor_profile_id'],
  openstack_lb_flavorprofile_v2: [],
  openstack_lb_l7policy_v2: ['listener_id', 'tenant_id'],
  openstack_lb_l7rule_v2: ['l7policy_id', 'tenant_id'],
  openstack_lb_listener_v2: ['loadbalancer_id', 'protocol', 'protocol_port', 'tenant_id'],
  openstack_lb_loadbalancer_v2: [
    'availability_zone',
    'flavor_id',
    'loadbalancer_provider',
    'tenant_id',
    'vip_address',
    'vip_network_id',
    'vip_port_id',
    'vip_subnet_id',
    // It sends the new one as the description.
    'vip_qos_policy_id',
  ],
  openstack_lb_member_v2: ['address', 'pool_id', 'protocol_port', 'subnet_id', 'tenant_id'],
  openstack_lb_members_v2: ['pool_id'],
  openstack_lb_monitor_v2: ['pool_id', 'tenant_id', 'type'],
  openstack_lb_pool_v2: ['listener_id', 'loadbalancer_id', 'protocol', 'tenant_id'],
  openstack_lb_quota_v2: ['project_id'],
};

/** Of Terraform or the provider, not of the API. */
const NOT_OURS = ['id', 'region', 'timeouts'];

export const isLoadBalancing = (type: string): boolean => /^openstack_(lb|loadbalancer)_/.test(type);

const empty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || JSON.stringify(value) === '[]';

/** Those of `names` that no resource of the type has a value for. */
export const neverSet = (type: string, names: readonly string[], resources: readonly Resource[]): readonly string[] =>
  names.filter(
    (name) =>
      !NOT_OURS.includes(name) && resources.every((resource) => resource.type !== type || empty(resource.values[name])),
  );

/** Those of `names` that could be changed and that the plan changes in no resource of the type. */
export const neverChanged = (type: string, names: readonly string[], plan: Plan): readonly string[] => {
  const changes = plan.resource_changes.filter((change) => change.type === type).map(({ change }) => change);
  return names.filter(
    (name) =>
      !NOT_OURS.includes(name) &&
      FIXED[type]?.includes(name) !== true &&
      changes.every(({ before, after }) => JSON.stringify(before?.[name]) === JSON.stringify(after?.[name])),
  );
};

const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : (value ?? []);

/** What `values` says of what `other` says something of too; sets and lists in one order. */
export const sharedValues = (values: Resource['values'] = {}, other: Resource['values'] = {}): Resource['values'] =>
  Object.fromEntries(
    Object.keys(values)
      // A data source does not tell the load balancer that it was not asked for.
      .filter((name) => other[name] !== undefined && name !== 'loadbalancer_id' && !NOT_OURS.includes(name))
      .map((name) => [name, sorted(values[name])]),
  );

/** What `terraform import` calls a resource. */
export const importIdOf = ({ type, values }: Resource): string => {
  const { id, pool_id, l7policy_id } = values;
  if (type === 'openstack_lb_member_v2') return `${pool_id}/${id}`;
  if (type === 'openstack_lb_monitor_v2') return `${id}/${pool_id}`;
  if (type === 'openstack_lb_l7rule_v2') return `${l7policy_id}/${id}`;
  return String(id);
};
