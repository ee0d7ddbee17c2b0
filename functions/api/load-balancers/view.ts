import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import type { ChildReferences } from '../../../lib/repositories/objects/child-references.ts';
import { idOnly, NAMED_FIELDS, namedView } from '../views/common.ts';
import type { LoadBalancerView, OwnView } from './shape.ts';

/** Rows without a provider are the amphora provider's, under its old name. */
const UNNAMED_PROVIDER = 'octavia';

/** Everything that a load balancer's own row shows. */
export const loadBalancerView = (loadBalancer: NewLoadBalancer): OwnView => {
  const { vip } = loadBalancer;
  return {
    ...namedView(loadBalancer),
    vip_address: vip.ip_address,
    vip_port_id: vip.port_id,
    vip_subnet_id: vip.subnet_id,
    vip_network_id: vip.network_id,
    vip_qos_policy_id: vip.qos_policy_id,
    vip_vnic_type: vip.vnic_type,
    vip_sg_ids: vip.sg_ids,
    additional_vips: loadBalancer.additional_vips.map(({ subnet_id, ip_address, port_id }) => ({
      subnet_id,
      ip_address,
      port_id,
    })),
    provider: loadBalancer.provider || UNNAMED_PROVIDER,
    flavor_id: loadBalancer.flavor_id,
    availability_zone: loadBalancer.availability_zone,
    ...(loadBalancer.deletion_protected && { deletion_protected: true as const }),
  };
};

/** A load balancer as GET and PUT show it: its children by their ids. */
export const withChildIds = (view: OwnView, { listeners, pools }: ChildReferences): LoadBalancerView => ({
  ...view,
  listeners: listeners.map(idOnly),
  pools: pools.map(idOnly),
});

/** Fields a list of load balancers can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  ...NAMED_FIELDS,
  'vip_address',
  'vip_port_id',
  'vip_subnet_id',
  'vip_network_id',
  'vip_qos_policy_id',
  'vip_vnic_type',
  'provider',
  'flavor_id',
  'availability_zone',
] as const;
