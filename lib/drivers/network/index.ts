import { cloudSession } from '../../openstack/session.ts';
import type { NetworkDriver } from './network-driver.ts';
import { neutronNetworkDriver } from './neutron-network-driver.ts';

let shared: NetworkDriver | null = null;

/** The container's network driver. */
export const networkDriver = (): NetworkDriver => {
  shared ??= neutronNetworkDriver(cloudSession());
  return shared;
};
