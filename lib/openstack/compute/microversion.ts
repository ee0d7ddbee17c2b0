import type { ServiceRequest } from '../http/service-request.ts';

/** The last versions that take files (2.56) and `policies` (2.63) are later; soft-anti-affinity needs 2.15. */
const MICROVERSION = '2.15';

const headers = {
  'openstack-api-version': `compute ${MICROVERSION}`,
  'x-openstack-nova-api-version': MICROVERSION,
};

/** A Nova request with the fixed microversion. */
export const novaRequest = (request: Omit<ServiceRequest, 'service' | 'headers'>): ServiceRequest => ({
  ...request,
  service: 'compute',
  headers,
});
