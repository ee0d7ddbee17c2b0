import { cloudSession } from '../../openstack/session.ts';
import type { NetworkLookup } from './network-driver.ts';
import { neutronNetworkDriver } from './neutron-network-driver.ts';

/**
 * The network service as the bearer of a token sees it: what they may not see is not there. For looks only; whatever
 * is made or changed is the worker's business.
 * @param serviceToken of the service that calls for the bearer, whose token may have ended meanwhile
 */
export const networkSeenBy = (token: string, serviceToken: string | null = null): NetworkLookup => {
  const session = cloudSession();
  const headers = serviceToken === null ? {} : { 'x-service-token': serviceToken };
  return neutronNetworkDriver({
    ...session,
    call: (request) => session.call({ ...request, headers: { ...request.headers, ...headers }, token }),
  });
};
