import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import type { CreateFields } from './body.ts';
import type { Choice } from './choice.ts';
import type { ResolvedVip } from './vip.ts';

/** The load balancer that the fields ask for, before its VIP has a port. */
export const draftLoadBalancer = (
  id: string,
  projectId: string,
  fields: CreateFields,
  vip: ResolvedVip,
  { provider, settings, amphoraOptions }: Choice,
): NewLoadBalancer => ({
  id,
  project_id: projectId,
  name: fields.name ?? '',
  description: fields.description ?? '',
  enabled: fields.admin_state_up === undefined ? true : (fields.admin_state_up ?? false),
  tags: fields.tags ?? [],
  topology: settings.loadbalancerTopology,
  provider,
  flavor_id: fields.flavor_id || null,
  availability_zone: fields.availability_zone || null,
  deletion_protected: fields.deletion_protected ?? false,
  amphora_options: amphoraOptions,
  server_group_id: null,
  vip: {
    ip_address: vip.ip_address,
    port_id: '',
    subnet_id: vip.subnet_id,
    network_id: vip.network_id,
    qos_policy_id: vip.qos_policy_id,
    octavia_owned: vip.port === null,
    vnic_type: 'normal',
    sg_ids: vip.sg_ids,
    former_sg_ids: vip.port?.securityGroupIds ?? [],
  },
  additional_vips: vip.additional.map((further) => ({ ...further, port_id: '', network_id: vip.network_id })),
  vrrp_group: null,
  security_group_id: null,
  created_at: new Date().toISOString(),
  updated_at: null,
  provisioning_status: ProvisioningStatus.PENDING_CREATE,
  operating_status: OperatingStatus.OFFLINE,
});
