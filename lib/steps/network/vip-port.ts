import type { NetworkDriver, Port, PortSpec } from '../../drivers/network/network-driver.ts';
import { CloudResourceNotFoundError, VipAllocationError } from '../../errors/cloud.ts';
import { vipDeviceId, vipPortName } from '../../models/names.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { isSameAddress } from '../../tools/addresses.ts';
import { withPolicyIfPresent } from './qos-policy.ts';

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

type VipPorts = Pick<NetworkDriver, 'createPort' | 'deletePort' | 'findPorts' | 'getPort' | 'updatePort'>;

/** A port that stands in for a tenant's lost one is the worker's. */
const ours = <Owner extends VipOwner>(owner: Owner): Owner => ({
  ...owner,
  vip: { ...owner.vip, octavia_owned: true },
});

const holdsAddresses = (port: Port, owner: VipOwner): boolean =>
  [owner.vip, ...owner.additional_vips].every((vip) =>
    port.fixedIps.some((ip) => ip.subnetId === vip.subnet_id && isSameAddress(ip.ipAddress, vip.ip_address)),
  );

/** The port as it is; null if it is gone. */
export const findPort = async (network: Pick<NetworkDriver, 'getPort'>, portId: string): Promise<Port | null> => {
  try {
    return await network.getPort(portId);
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return null;
    throw error;
  }
};

/** The VIP's recorded port, as it is; null if it is gone. */
export const recordedVipPort = (network: VipPorts, { vip }: VipOwner): Promise<Port | null> =>
  findPort(network, vip.port_id);

/** A port of ours has the VIP's QoS policy, also when the update that should have laid it on came to nothing. */
const withPolicy = async (network: VipPorts, port: Port, { vip }: VipOwner): Promise<Port> =>
  vip.octavia_owned && port.qosPolicyId !== vip.qos_policy_id
    ? await withPolicyIfPresent(vip.qos_policy_id, (qosPolicyId) => network.updatePort(port.id, { qosPolicyId }))
    : port;

/** The port as it can stay, or null. One of ours that lost an address is deleted. @throws VipAllocationError */
const asUsable = async (network: VipPorts, owner: VipOwner, port: Port | null): Promise<Port | null> => {
  if (port === null) return null;
  if (holdsAddresses(port, owner)) return await withPolicy(network, port, owner);
  if (!owner.vip.octavia_owned) {
    throw new VipAllocationError(`Port ${port.id} no longer holds the VIP ${owner.vip.ip_address}.`, {
      resource: 'port',
      resourceId: port.id,
    });
  }
  await network.deletePort(port.id);
  return null;
};

/**
 * The VIP's recorded port, if it is there with all its addresses. A tenant's own port is never touched.
 * @throws VipAllocationError a tenant's port does not hold the address any more
 */
export const usableVipPort = async (network: VipPorts, owner: VipOwner): Promise<Port | null> =>
  await asUsable(network, owner, await recordedVipPort(network, owner));

/** The worker's own port of the VIP's name, which an earlier attempt has made, if it has all addresses. */
export const findVipPort = async (network: VipPorts, owner: VipOwner): Promise<Port | null> =>
  await asUsable(
    network,
    ours(owner),
    (await network.findPorts(vipPortName(owner.id), owner.vip.network_id))[0] ?? null,
  );

/**
 * Makes the VIP's port with the addresses it had.
 * @throws VipAllocationError Neutron has none left
 * @throws VipInUseError the address was taken meanwhile
 */
export const createVipPort = async (network: VipPorts, owner: VipOwner): Promise<Port> => {
  const { vip } = ours(owner);
  return await withPolicyIfPresent(vip.qos_policy_id, (qos_policy_id) =>
    network.createPort(vipPortSpec({ ...owner, vip: { ...vip, qos_policy_id } })),
  );
};
