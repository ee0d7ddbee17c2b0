import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import type { NetworkDriver, Port } from '../drivers/network/network-driver.ts';
import { AmphoraNotReadyError, CloudResourceNotFoundError, StillExistsError } from '../errors/cloud.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { poll } from '../tools/poll.ts';
import { dropMemberPort, ensureMemberPort } from './member-port.ts';
import { changeSubnets, type MemberPortPlan, subnetsOf } from './network/member-ports.ts';
import { admitSubnets, isNetworkRefusal, type RefusedSubnets } from './network/network-refusals.ts';

const DETACHED = { budgetMs: 15_000, intervalMs: 250 };

export interface LegDrivers {
  readonly network: NetworkDriver;
  readonly compute: Pick<ComputeDriver, 'attachPort' | 'detachPort'>;
}

/** A server that is gone is its amphora's trouble, not the network's. */
const attach = async (compute: LegDrivers['compute'], amphora: Amphora, port: Port): Promise<void> => {
  try {
    await compute.attachPort(String(amphora.compute_id), port.id);
  } catch (error) {
    if (!(error instanceof CloudResourceNotFoundError && error.resource === 'server')) throw error;
    throw new AmphoraNotReadyError(`Amphora ${amphora.id} has lost its server ${amphora.compute_id}.`, {
      resource: 'amphora',
      resourceId: amphora.id,
      cause: error,
    });
  }
};

/**
 * Gives the amphora an interface in a network, with an address in each subnet that is available. Of a refused one
 * nothing is left.
 * @returns its port, or null when none of the subnets can be had
 */
export const plugLeg = async (
  { network, compute }: LegDrivers,
  flow: FlowInput,
  amphora: Amphora,
  { networkId, subnetIds }: MemberPortPlan['plug'][number],
  refused: RefusedSubnets,
): Promise<Port | null> => {
  const make = (ids: readonly string[]) => ensureMemberPort(network, flow, amphora, { networkId, subnetIds: ids });
  const port = await admitSubnets(subnetIds, make, refused);
  try {
    if (port !== null) {
      await attach(compute, amphora, port);
      return port;
    }
  } catch (error) {
    if (!isNetworkRefusal(error)) throw error;
    for (const id of subnetIds) if (!refused.has(id)) refused.set(id, error);
  }
  await dropMemberPort(network, flow, amphora, networkId, port);
  return null;
};

/** Takes the amphora out of a network; the port is deleted once the server has let go of it. */
export const unplugLeg = async (
  { network, compute }: LegDrivers,
  flow: FlowInput,
  amphora: Amphora,
  port: Port,
): Promise<void> => {
  await compute.detachPort(String(amphora.compute_id), port.id);
  // An interface that is still leaving could be taken for a new one by the agent.
  const isGone = async () => {
    const ports = await network.listServerPorts(String(amphora.compute_id));
    return ports.some(({ id }) => id === port.id) ? null : true;
  };
  if ((await poll(DETACHED, isGone)) === null) {
    throw new StillExistsError(`Port ${port.id} has not left amphora ${amphora.id} yet.`, {
      resource: 'port',
      resourceId: port.id,
    });
  }
  await dropMemberPort(network, flow, amphora, port.networkId, port);
};

/**
 * Makes an interface's subnets these, as far as they are available.
 * @returns its port, or null when nothing is left of it and it was unplugged
 */
export const changeLeg = async (
  drivers: LegDrivers,
  flow: FlowInput,
  amphora: Amphora,
  { port, subnetIds }: MemberPortPlan['change'][number],
  refused: RefusedSubnets,
): Promise<Port | null> => {
  const present = subnetsOf(port.fixedIps);
  const kept = subnetIds.filter((id) => present.includes(id));
  const missing = subnetIds.filter((id) => !present.includes(id));
  let current = port;
  const change = async (ids: readonly string[]): Promise<Port> => {
    current = await changeSubnets(drivers.network, current, [...kept, ...ids]);
    return current;
  };
  if ((await admitSubnets(missing, change, refused)) !== null) return current;
  if (kept.length > 0) return await change([]);
  await unplugLeg(drivers, flow, amphora, port);
  return null;
};
