import type { NetworkDriver, Port } from '../../drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../errors/cloud.ts';
import { type LoadBalancer, Topology } from '../../models/objects/load-balancer.ts';
import { ethertypeOf } from './vip-security-group.ts';

/**
 * True when the VIP would be seen twice while two amphorae are up: IPv6 then refuses it to the later one, and no
 * keepalived keeps them apart.
 */
export const vipMayCollide = ({ topology, vip }: Pick<LoadBalancer, 'topology' | 'vip'>): boolean =>
  topology === Topology.SINGLE && ethertypeOf(vip.ip_address) === 'IPv6';

/** Sets a port up or down; null when it is gone. */
export const setAdminState = async (
  network: Pick<NetworkDriver, 'updatePort'>,
  portId: string,
  adminStateUp: boolean,
): Promise<Port | null> => {
  try {
    return await network.updatePort(portId, { adminStateUp });
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return null;
    throw error;
  }
};
