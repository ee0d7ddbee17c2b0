import type { AmphoraDriver } from '../drivers/amphora/amphora-driver.ts';
import type { NetworkDriver, Port, Subnet } from '../drivers/network/network-driver.ts';
import { AmphoraRequestError } from '../errors/cloud.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import type { LoadBalancerTree } from '../models/objects/tree.ts';
import { addressOn, plugVipFacts, vrrpIpOf } from './network/plug-facts.ts';

export interface InterfaceDrivers {
  readonly network: NetworkDriver;
  readonly agents: Pick<AmphoraDriver, 'plugNetwork'>;
}

export interface PlugContext {
  readonly tree: LoadBalancerTree;
  readonly amphora: Amphora;
  /** By id; addresses in other subnets are left out. */
  readonly subnets: ReadonlyMap<string, Subnet>;
}

const isFailure = (error: unknown): error is AmphoraRequestError =>
  error instanceof AmphoraRequestError && error.status === 500;

const giveAddresses = async (
  { network, agents }: InterfaceDrivers,
  { tree, amphora, subnets }: PlugContext,
  port: Port,
): Promise<void> => {
  const isBase = port.id === amphora.vrrp_port_id;
  const [{ mtu }, vip] = await Promise.all([
    network.getNetwork(port.networkId),
    isBase ? plugVipFacts(network, tree.load_balancer) : null,
  ]);
  const vrrpIp = vrrpIpOf(port, tree.load_balancer) ?? amphora.vrrp_ip ?? '';
  try {
    await agents.plugNetwork(
      { amphoraId: amphora.id, lbNetworkIp: String(amphora.lb_network_ip) },
      {
        macAddress: port.macAddress,
        mtu,
        fixedIps: port.fixedIps.flatMap(({ subnetId, ipAddress }) => {
          const subnet = subnets.get(subnetId);
          return subnet === undefined ? [] : [addressOn(subnet, ipAddress)];
        }),
        vip: vip === null ? null : { ...vip, macAddress: port.macAddress, vrrpIp },
      },
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    const subject = `Interface ${port.macAddress} of port ${port.id} in network ${port.networkId}`;
    const { status, details } = error;
    throw new AmphoraRequestError(`${subject}: ${error.message}`, {
      resource: 'amphora',
      resourceId: amphora.id,
      status,
      details,
      cause: error,
    });
  }
};

/**
 * Has the agent bring an interface up with its port's addresses.
 *
 * Agents of release 11 name a new interface by the number of interfaces. After an unplug that name may be taken: the
 * agent answers 500, has moved the interface in under another name, and has written its addresses into the file of the
 * interface that has the name. A second request finds the interface, and one for each neighbor writes its file again.
 * @param neighbors the ports of the other member interfaces
 * @throws AmphoraRequestError naming the interface: it failed twice
 */
export const plugInterface = async (
  drivers: InterfaceDrivers,
  context: PlugContext,
  port: Port,
  neighbors: readonly Port[],
): Promise<void> => {
  try {
    await giveAddresses(drivers, context, port);
  } catch (error) {
    if (!isFailure(error)) throw error;
    for (const each of [port, ...neighbors]) await giveAddresses(drivers, context, each);
  }
};
