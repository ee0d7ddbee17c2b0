import { OperationSuperseded } from '../errors/flow.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { getLoadBalancer } from '../repositories/objects/load-balancers.ts';
import { logger } from '../tools/logger.ts';

const ROUNDS = 5;

const stampOf = async (loadBalancerId: string): Promise<string> => {
  const { generation, fence } = await getLoadBalancer(loadBalancerId);
  return `${generation}/${fence}`;
};

/**
 * Confirms, under the fence, work that made an amphora or Neutron what the table said. Neither of them checks a fence:
 * when the lock was lost meanwhile, its new holder may have been there first, and takes its own work for the last. So
 * it is done once more, from what the table says by now, until nothing has changed over it.
 * @param again does it without a fence, from what it reads then
 * @throws whatever `confirm` throws
 */
export const confirmOrCatchUp = async (
  flow: FlowInput,
  confirm: () => Promise<void>,
  again: () => Promise<void>,
): Promise<void> => {
  try {
    await confirm();
  } catch (error) {
    if (error instanceof OperationSuperseded) await catchUp(flow, again);
    throw error;
  }
};

const catchUp = async ({ loadbalancer_id, operation_id }: FlowInput, again: () => Promise<void>): Promise<void> => {
  try {
    const id = String(loadbalancer_id);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = await stampOf(id);
      await again();
      if ((await stampOf(id)) === before) return;
    }
  } catch (failure) {
    // Mostly, because there is nothing left to be brought in step.
    logger.warn('catching up with a late handler failed', { loadbalancer_id, operation_id, error: String(failure) });
  }
};

/** Fails when another operation, or another fence, has the load balancer's lock. @throws OperationSuperseded */
export const checkLock = async ({ loadbalancer_id, operation_id, fence }: FlowInput): Promise<void> => {
  const { lock } = await getLoadBalancer(String(loadbalancer_id));
  if (lock?.operation_id !== operation_id || lock.fence !== fence) throw new OperationSuperseded(operation_id);
};
