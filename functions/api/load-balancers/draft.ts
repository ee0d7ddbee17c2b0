import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/commits.ts';
import type { ApiSettings } from '../dependencies.ts';
import { providerNotEnabled, validationFailure } from '../refusals.ts';
import type { CreateFields } from './body.ts';
import type { ResolvedVip } from './vip.ts';

/** Names of the one provider, with what GET /lbaas/providers says of it. */
export const PROVIDERS: Readonly<Record<string, string>> = Object.freeze({
  amphora: 'The Octavia Amphora driver.',
  octavia: 'Deprecated alias of the Octavia Amphora driver.',
});
export const DEFAULT_PROVIDER = 'amphora';

/** What can be asked for and is not to be had here. @throws ApiError 400, 501 */
export const checkOptions = (fields: CreateFields): void => {
  const provider = fields.provider ?? DEFAULT_PROVIDER;
  if (!Object.hasOwn(PROVIDERS, provider)) throw providerNotEnabled(provider);
  if (fields.flavor_id) throw validationFailure('Invalid flavor_id.');
  if (fields.availability_zone) throw validationFailure('Invalid availability zone.');
};

/** The load balancer that the fields ask for, before its VIP has a port. */
export const draftLoadBalancer = (
  id: string,
  projectId: string,
  fields: CreateFields,
  vip: ResolvedVip,
  { loadbalancerTopology }: Pick<ApiSettings, 'loadbalancerTopology'>,
): NewLoadBalancer => ({
  id,
  project_id: projectId,
  name: fields.name ?? '',
  description: fields.description ?? '',
  enabled: fields.admin_state_up === undefined ? true : (fields.admin_state_up ?? false),
  tags: fields.tags ?? [],
  topology: loadbalancerTopology,
  provider: fields.provider ?? DEFAULT_PROVIDER,
  flavor_id: null,
  availability_zone: null,
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
