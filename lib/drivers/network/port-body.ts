import type { PortBody } from '../../openstack/network/ports/requests.ts';
import { DEVICE_OWNER, type PortChange, type PortSpec, type WantedFixedIp } from './network-driver.ts';

const fixedIpBody = ({ subnetId, ipAddress }: WantedFixedIp) => ({
  subnet_id: subnetId,
  ...(ipAddress !== null && { ip_address: ipAddress }),
});

/** What Neutron is asked to change; what the change leaves out stays. */
export const changeBody = (change: PortChange): PortBody => ({
  ...(change.adminStateUp !== undefined && { admin_state_up: change.adminStateUp }),
  ...(change.fixedIps && { fixed_ips: change.fixedIps.map(fixedIpBody) }),
  ...(change.securityGroupIds && { security_groups: change.securityGroupIds }),
  ...(change.allowedAddressPairs && {
    allowed_address_pairs: change.allowedAddressPairs.map((ip_address) => ({ ip_address })),
  }),
  ...(change.qosPolicyId !== undefined && { qos_policy_id: change.qosPolicyId }),
});

/** What Neutron is asked for; an empty list of fixed addresses leaves the choice of the subnet to Neutron. */
export const portBody = (spec: PortSpec): PortBody => {
  const { fixedIps, ...rest } = spec;
  return {
    name: spec.name,
    network_id: spec.networkId,
    device_owner: DEVICE_OWNER,
    ...(spec.deviceId !== undefined && { device_id: spec.deviceId }),
    ...(spec.projectId !== undefined && { project_id: spec.projectId }),
    ...(spec.vnicType !== undefined && { 'binding:vnic_type': spec.vnicType }),
    ...changeBody(fixedIps.length > 0 ? spec : rest),
  };
};
