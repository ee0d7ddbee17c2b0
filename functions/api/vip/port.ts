import { isDryRun } from '../../../lib/context/dry-run.ts';
import type { NetworkDriver, Port } from '../../../lib/drivers/network/network-driver.ts';
import { DEVICE_OWNER } from '../../../lib/drivers/network/network-driver.ts';
import { vipPortName } from '../../../lib/models/names.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import { deleteResource } from '../../../lib/steps/delete-resource.ts';
import { ensureResource } from '../../../lib/steps/ensure-resource.ts';
import { vipPortSpec } from '../../../lib/steps/network/vip-port.ts';
import { isSameAddress } from '../../../lib/tools/addresses.ts';
import { logger } from '../../../lib/tools/logger.ts';

export type VipPorts = Pick<NetworkDriver, 'createPort' | 'deletePort' | 'findPorts' | 'freeAddresses' | 'getSubnet'>;

const ledgerEntry = ({ id, vip }: NewLoadBalancer) => ({
  kind: 'port' as const,
  name: vipPortName(id),
  network_id: vip.network_id,
  loadbalancer_id: id,
  amphora_id: null,
});

/**
 * Makes the VIP's port in the tenant's project, announced before it is made. One that a former attempt for the same
 * load balancer has left is taken.
 * @throws VipInUseError
 * @throws VipAllocationError
 * @throws CloudResourceNotFoundError
 */
export const makeVipPort = async (network: VipPorts, loadBalancer: NewLoadBalancer): Promise<Port> => {
  if (isDryRun()) return await (await import('./dry-run-port.ts')).dryRunVipPort(network, loadBalancer);
  const resource = ledgerEntry(loadBalancer);
  return await ensureResource(null, {
    resource,
    find: async () => (await network.findPorts(resource.name, resource.network_id))[0] ?? null,
    create: () => network.createPort(vipPortSpec(loadBalancer)),
    remove: (port) => network.deletePort(port.id),
  });
};

/**
 * Takes the port of a load balancer back that came to nothing; also one whose creation was not answered. What cannot
 * be taken back stays in the ledger, where housekeeping finds it, and does not hide the first error.
 */
export const withdrawVipPort = async (network: VipPorts, loadBalancer: NewLoadBalancer): Promise<void> => {
  if (isDryRun()) return;
  const entry = ledgerEntry(loadBalancer);
  try {
    await deleteResource(null, {
      resource: entry,
      recorded: [],
      find: async () => {
        const ports = await network.findPorts(entry.name, entry.network_id);
        return ports.filter(({ deviceOwner }) => deviceOwner === DEVICE_OWNER).map(({ id }) => id);
      },
      remove: (id) => network.deletePort(id),
    });
  } catch (error) {
    logger.warn('deletion of the VIP port failed; the orphan sweep reports it', {
      loadbalancer_id: loadBalancer.id,
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
};

/** The load balancer with the addresses and the port that the VIP really has, or null when the port lacks one. */
export const withVipPort = (loadBalancer: NewLoadBalancer, port: Port): NewLoadBalancer | null => {
  const addressIn = (subnetId: string, wanted: string): string | null => {
    const there = port.fixedIps.filter((ip) => ip.subnetId === subnetId);
    const found = wanted === '' ? there[0] : there.find((ip) => isSameAddress(ip.ipAddress, wanted));
    return found?.ipAddress ?? null;
  };
  const primary = addressIn(loadBalancer.vip.subnet_id, loadBalancer.vip.ip_address);
  const further = loadBalancer.additional_vips.map((vip) => ({
    ...vip,
    port_id: port.id,
    ip_address: addressIn(vip.subnet_id, vip.ip_address),
  }));
  if (primary === null) return null;
  const complete = further.flatMap((vip) => (vip.ip_address === null ? [] : [{ ...vip, ip_address: vip.ip_address }]));
  if (complete.length < further.length) return null;
  return {
    ...loadBalancer,
    vip: { ...loadBalancer.vip, port_id: port.id, ip_address: primary },
    additional_vips: complete,
  };
};
