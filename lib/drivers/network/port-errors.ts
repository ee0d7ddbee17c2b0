import {
  CloudRequestError,
  CloudResourceNotFoundError,
  VipAllocationError,
  VipInUseError,
} from '../../errors/cloud.ts';
import { faultOf, type ServiceFault } from '../../openstack/http/service-fault.ts';

/** Neutron's names, from neutron-lib's exceptions. */
const TAKEN = new Set(['IpAddressAlreadyAllocated', 'IpAddressInUse']);
const NOT_ALLOCATABLE = new Set([
  'IpAddressGenerationFailure',
  'IpAddressGenerationFailureAllSubnets',
  'IpAddressGenerationFailureNoMatchingSubnet',
  'InvalidIpForNetwork',
  'InvalidIpForSubnet',
]);
const MISSING: Readonly<Record<string, string>> = {
  NetworkNotFound: 'network',
  SubnetNotFound: 'subnet',
  SecurityGroupNotFound: 'security group',
  QosPolicyNotFound: 'QoS policy',
  PortNotFound: 'port',
};
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

const isNotAllocatable = ({ type, text }: ServiceFault): boolean =>
  NOT_ALLOCATABLE.has(type ?? '') || /fixed_ips/.test(text);

/**
 * The named error of a port that Neutron refuses to make or change.
 *
 * @param name of the port, or its id
 */
export const portError = (error: unknown, name: string): unknown => {
  const fault = faultOf(error);
  const refused = error instanceof CloudRequestError || error instanceof CloudResourceNotFoundError;
  if (fault === null || !refused) return error;
  const options = { resource: 'port', resourceId: name, cause: error };
  const missing = fault.status === 404 ? MISSING[fault.type ?? ''] : undefined;
  if (missing !== undefined) {
    return new CloudResourceNotFoundError(missing, UUID.exec(fault.text)?.[0] ?? `of port ${name}`, error);
  }
  if (TAKEN.has(fault.type ?? '')) return new VipInUseError(fault.text, options);
  return isNotAllocatable(fault) ? new VipAllocationError(fault.text, options) : error;
};
