import type { FixedIp, NetworkDriver, Port, Subnet } from '../../drivers/network/network-driver.ts';

/** What one amphora's interfaces in the members' networks should become. */
export interface MemberPortPlan {
  /** Networks without a port yet, each with the subnets wanted in it. */
  readonly plug: readonly { readonly networkId: string; readonly subnetIds: readonly string[] }[];
  /** Ports whose wanted subnets are others than their addresses'. */
  readonly change: readonly { readonly port: Port; readonly subnetIds: readonly string[] }[];
  /** Ports in networks without members. */
  readonly unplug: readonly Port[];
}

/** The subnets of these addresses, sorted, each once. */
export const subnetsOf = (fixedIps: readonly FixedIp[]): readonly string[] =>
  [...new Set(fixedIps.map(({ subnetId }) => subnetId))].sort();

const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/**
 * Compares the ports an amphora has with the subnets its members are on. Members in the VIP's network are reached
 * through the base port, which then has an address in their subnet too.
 * @param ports the amphora's ports, without those in management networks
 */
export const planMemberPorts = (
  ports: readonly Port[],
  wanted: readonly Pick<Subnet, 'id' | 'networkId'>[],
  basePort: { readonly id: string; readonly vipSubnetId: string },
): MemberPortPlan => {
  const byNetwork = new Map<string, string[]>();
  for (const { id, networkId } of wanted) byNetwork.set(networkId, [...(byNetwork.get(networkId) ?? []), id].sort());
  const base = ports.find(({ id }) => id === basePort.id);
  if (base !== undefined) {
    byNetwork.set(
      base.networkId,
      [...new Set([basePort.vipSubnetId, ...(byNetwork.get(base.networkId) ?? [])])].sort(),
    );
  }
  const plugged = new Set(ports.map(({ networkId }) => networkId));
  return {
    plug: [...byNetwork]
      .filter(([networkId]) => !plugged.has(networkId))
      .map(([networkId, subnetIds]) => ({ networkId, subnetIds })),
    change: ports.flatMap((port) => {
      const subnetIds = byNetwork.get(port.networkId);
      return subnetIds === undefined || same(subnetsOf(port.fixedIps), subnetIds) ? [] : [{ port, subnetIds }];
    }),
    unplug: ports.filter((port) => port.id !== basePort.id && !byNetwork.has(port.networkId)),
  };
};

/**
 * Ports of the amphora's own name that its server does not have, and that no interface to plug will use: an attempt died, or was
 * refused, between detaching and deleting one, or had asked for a second one.
 * @param named all of that name
 */
export const strayPorts = (
  named: readonly Port[],
  ports: readonly Port[],
  { plug }: MemberPortPlan,
): readonly Port[] => {
  const strays = named.filter(({ id }) => !ports.some((port) => port.id === id));
  const used = plug.map(({ networkId }) => strays.find((port) => port.networkId === networkId));
  return strays.filter((port) => !used.includes(port));
};

/** Gives a port an address in each of the subnets, keeping those it has, and takes the others away; as it is, it stays. */
export const changeSubnets = async (
  network: Pick<NetworkDriver, 'updatePort'>,
  port: Port,
  subnetIds: readonly string[],
): Promise<Port> => {
  if (same(subnetsOf(port.fixedIps), subnetIds.toSorted())) return port;
  const kept = port.fixedIps.filter(({ subnetId }) => subnetIds.includes(subnetId));
  const missing = subnetIds.filter((id) => !kept.some(({ subnetId }) => subnetId === id));
  return await network.updatePort(port.id, {
    fixedIps: [...kept, ...missing.map((subnetId) => ({ subnetId, ipAddress: null }))],
  });
};
