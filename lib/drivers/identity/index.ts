import { cloudSession } from '../../openstack/session.ts';
import type { IdentityDriver } from './identity-driver.ts';
import { keystoneIdentityDriver } from './keystone-identity-driver.ts';

let shared: IdentityDriver | null = null;

/** The container's identity driver. */
export const identityDriver = (): IdentityDriver => {
  shared ??= keystoneIdentityDriver(cloudSession());
  return shared;
};
