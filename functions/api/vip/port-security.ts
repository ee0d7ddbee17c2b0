import type { NetworkDriver } from '../../../lib/drivers/network/network-driver.ts';

/** True when the network's ports are protected, which a VIP needs. */
export type PortSecurity = (networkId: string) => Promise<boolean>;

/** A network's protection hardly ever changes. */
const TRUSTED_MS = 300_000;
const MAX_NETWORKS = 1_000;

/** Looks at each network once in a while; a network without protection is looked at each time. */
export const portSecurity = (
  network: () => Pick<NetworkDriver, 'getNetwork'>,
  now: () => number = Date.now,
): PortSecurity => {
  const securedUntil = new Map<string, number>();
  return async (networkId) => {
    if ((securedUntil.get(networkId) ?? 0) > now()) return true;
    const { portSecurityEnabled } = await network().getNetwork(networkId);
    if (securedUntil.size >= MAX_NETWORKS) securedUntil.clear();
    if (portSecurityEnabled) securedUntil.set(networkId, now() + TRUSTED_MS);
    return portSecurityEnabled;
  };
};
