import { MANAGEMENT_GROUP, networkId, PROJECT_NAMES, projectId, subnetId } from '../facts.ts';
import { now, stableId } from '../ids.ts';
import { groupRules, newGroup } from '../network/new-group.ts';
import type { AddressBlock } from '../options.ts';
import type { Store } from './store.ts';

/** CIDRs and pools of the seeded networks. */
export const addressPlan = ({ management, tenant }: AddressBlock) => ({
  'lb-mgmt': {
    cidr: `127.${management}.0.0/16`,
    gateway: null,
    pool: { start: `127.${management}.0.10`, end: `127.${management}.255.250` },
    shared: false,
  },
  vip: {
    cidr: `127.${tenant}.1.0/24`,
    gateway: `127.${tenant}.1.1`,
    pool: { start: `127.${tenant}.1.10`, end: `127.${tenant}.1.254` },
    shared: true,
  },
  // Member hosts of tests live below .100, outside the pool, as on the real test cloud.
  member: {
    cidr: `127.${tenant}.2.0/24`,
    gateway: `127.${tenant}.2.1`,
    pool: { start: `127.${tenant}.2.100`, end: `127.${tenant}.2.254` },
    shared: true,
  },
});

const stamps = () => ({ created_at: now(), updated_at: now(), revision_number: 1 });

const seedNetworks = (store: Store, block: AddressBlock): void => {
  for (const [short, plan] of Object.entries(addressPlan(block))) {
    const common = { project_id: projectId('service'), description: '', ...stamps() };
    const network = networkId(`${short}-net`);
    store.networks.set(network, {
      ...common,
      id: network,
      name: `${short}-net`,
      mtu: 1500,
      shared: plan.shared,
      admin_state_up: true,
      port_security_enabled: true,
      qos_policy_id: null,
    });
    const subnet = subnetId(`${short}-subnet`);
    store.subnets.set(subnet, {
      ...common,
      id: subnet,
      name: `${short}-subnet`,
      network_id: network,
      ip_version: 4,
      cidr: plan.cidr,
      gateway_ip: plan.gateway,
      enable_dhcp: false,
      allocation_pools: [plan.pool],
      host_routes: [],
      dns_nameservers: [],
    });
  }
};

const seedGroups = (store: Store): void => {
  for (const project of PROJECT_NAMES) {
    newGroup(store, {
      id: stableId(`security-group/${project}/default`),
      name: 'default',
      project: projectId(project),
    });
  }
  const id = stableId(`security-group/${MANAGEMENT_GROUP}`);
  newGroup(store, { id, name: MANAGEMENT_GROUP, project: projectId('service') });
  for (const port of [22, 9443]) {
    groupRules(store, id, [{ direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp', port }]);
  }
};

/** Fills an empty store with what every cloud has. */
export const seed = (store: Store, block: AddressBlock): void => {
  seedNetworks(store, block);
  seedGroups(store);
  const qos = stableId('qos-policy/bronze');
  store.qosPolicies.set(qos, {
    id: qos,
    name: 'bronze',
    project_id: projectId('service'),
    description: '',
    shared: true,
    ...stamps(),
  });
  store.touch();
};
