import type { NetworkDriver, Subnet } from '../../drivers/network/network-driver.ts';
import {
  CloudRequestError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
  PortPlugError,
  VipAllocationError,
  VipInUseError,
} from '../../errors/cloud.ts';
import type { WorkerError } from '../../errors/worker-error.ts';

/** Why a subnet cannot be had, by its id. */
export type RefusedSubnets = Map<string, WorkerError>;

/** True for a subnet, or its network, that is not there any more. */
export const isLost = (error: unknown): error is CloudResourceNotFoundError =>
  error instanceof CloudResourceNotFoundError && (error.resource === 'subnet' || error.resource === 'network');

/**
 * True for an answer that is about this one network, and stays: it is gone, out of addresses, or refused. Whatever may
 * pass (no answer, 429, 5xx) or concerns every call (the worker's own credentials) is none.
 */
export const isNetworkRefusal = (error: unknown): error is WorkerError =>
  isLost(error) ||
  error instanceof VipAllocationError ||
  error instanceof VipInUseError ||
  error instanceof PortPlugError ||
  error instanceof CloudRequestError;

/**
 * Those of the subnets that are there; the others are noted as refused.
 * @throws CloudUnavailableError not even the VIP's own subnet is visible: then the member subnets are not the lost ones
 */
export const findSubnets = async (
  network: Pick<NetworkDriver, 'getSubnet'>,
  subnetIds: readonly string[],
  vipSubnetId: string,
  refused: RefusedSubnets,
): Promise<readonly Subnet[]> => {
  const found = await Promise.all(
    subnetIds.map(async (id): Promise<readonly Subnet[]> => {
      try {
        return [await network.getSubnet(id)];
      } catch (error) {
        if (!isLost(error)) throw error;
        refused.set(id, error);
        return [];
      }
    }),
  );
  if (refused.size > 0) await mustSee(network, vipSubnetId);
  return found.flat();
};

const mustSee = async (network: Pick<NetworkDriver, 'getSubnet'>, vipSubnetId: string): Promise<void> => {
  try {
    await network.getSubnet(vipSubnetId);
  } catch (error) {
    if (!isLost(error)) throw error;
    const options = { resource: 'subnet', resourceId: vipSubnetId, cause: error };
    throw new CloudUnavailableError(
      `Neutron shows neither members' subnets nor the VIP's own, ${vipSubnetId}.`,
      options,
    );
  }
};

/**
 * Tries to get all the subnets, and after a refusal one after another, on top of those that were had; the refused ones
 * are noted with their reasons.
 * @param attempt gets these subnets together
 * @returns what the last attempt that succeeded answered, or null when none did
 */
export const admitSubnets = async <T>(
  subnetIds: readonly string[],
  attempt: (subnetIds: readonly string[]) => Promise<T>,
  refused: RefusedSubnets,
): Promise<T | null> => {
  let answer: T | null = null;
  const refusalOf = async (wanted: readonly string[]): Promise<WorkerError | null> => {
    try {
      answer = await attempt(wanted);
      return null;
    } catch (error) {
      if (isNetworkRefusal(error)) return error;
      throw error;
    }
  };
  const refusal = await refusalOf(subnetIds);
  if (refusal === null) return answer;
  const had: string[] = [];
  for (const id of subnetIds) {
    const reason = subnetIds.length === 1 ? refusal : await refusalOf([...had, id]);
    if (reason === null) had.push(id);
    else refused.set(id, reason);
  }
  return answer;
};
