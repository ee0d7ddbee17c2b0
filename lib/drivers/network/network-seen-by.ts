import { cloudSession } from '../../openstack/session.ts';
import type { NetworkLookup } from './network-driver.ts';
import { neutronNetworkDriver } from './neutron-network-driver.ts';

/**
 * The network service as the bearer of a token sees it: what they may not see is not there. For looks only; whatever
 * is made or changed is the worker's business.
 */
export const networkSeenBy = (token: string): NetworkLookup => {
  const session = cloudSession();
  return neutronNetworkDriver({ ...session, call: (request) => session.call({ ...request, token }) });
};
