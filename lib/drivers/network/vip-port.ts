import { isSameAddress } from '../../addresses.ts';
import { CloudResourceNotFoundError, VipAllocationError } from '../../errors/cloud.ts';
import type { LoadBalancer } from '../../models/load-balancer.ts';
import { vipDeviceId, vipPortName } from '../../models/names.ts';
import type { NetworkDriver, Port, PortSpec } from './network-driver.ts';

type VipOwner = Pick<LoadBalancer, 'id' | 'project_id' | 'vip' | 'additional_vips'>;

/** The VIP's port as Neutron is asked for it: down and unbound, since traffic reaches it through the base ports. */
export const vipPortSpec = (owner: VipOwner): PortSpec => ({
  name: vipPortName(owner.id),
  networkId: owner.vip.network_id,
  fixedIps: [owner.vip, ...owner.additional_vips].map((vip) => ({
    subnetId: vip.subnet_id,
    ipAddress: vip.ip_address === '' ? null : vip.ip_address,
  })),
  adminStateUp: false,
  deviceId: vipDeviceId(owner.id),
  projectId: owner.project_id,
  ...(owner.vip.sg_ids.length === 0 ? {} : { securityGroupIds: owner.vip.sg_ids }),
  ...(owner.vip.qos_policy_id === null ? {} : { qosPolicyId: owner.vip.qos_policy_id }),
});

const holdsAddresses = (port: Port, owner: VipOwner): boolean =>
  [owner.vip, ...owner.additional_vips].every((vip) =>
    port.fixedIps.some((ip) => ip.subnetId === vip.subnet_id && isSameAddress(ip.ipAddress, vip.ip_address)),
  );

const findVipPort = async (network: NetworkDriver, owner: VipOwner): Promise<Port | null> => {
  try {
    return await network.getPort(owner.vip.port_id);
  } catch (error) {
    if (!(error instanceof CloudResourceNotFoundError)) throw error;
    return await network.findPort(vipPortName(owner.id), owner.vip.network_id);
  }
};

/** A port of ours has the VIP's QoS policy, also when the update that should have laid it on came to nothing. */
const withPolicy = async (network: NetworkDriver, port: Port, { vip }: VipOwner): Promise<Port> =>
  vip.octavia_owned && port.qosPolicyId !== vip.qos_policy_id
    ? await network.updatePort(port.id, { qosPolicyId: vip.qos_policy_id })
    : port;

/**
 * The VIP's port with all its addresses. A lost one is made again; one of ours that lost an address is replaced; a
 * tenant's own port is never touched.
 * @param announce called before a port is created
 * @throws VipAllocationError a tenant's port does not hold the address any more, or Neutron has none left
 * @throws VipInUseError somebody else took the address meanwhile
 */
export const ensureVipPort = async (
  network: NetworkDriver,
  owner: VipOwner,
  announce: () => Promise<void>,
): Promise<Port> => {
  const found = await findVipPort(network, owner);
  if (found !== null) {
    if (holdsAddresses(found, owner)) return await withPolicy(network, found, owner);
    if (!owner.vip.octavia_owned) {
      throw new VipAllocationError(`Port ${found.id} no longer holds the VIP ${owner.vip.ip_address}.`, {
        resource: 'port',
        resourceId: found.id,
      });
    }
    await network.deletePort(found.id);
  }
  await announce();
  return await network.createPort(vipPortSpec(owner));
};
