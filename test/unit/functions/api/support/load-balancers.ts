import type { Child } from '../../../../../lib/models/objects/child.ts';
import type { ProvisioningStatus } from '../../../../../lib/models/statuses.ts';
import { commitNewLoadBalancer, type NewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';

/** A load balancer in the table with what is below it, settled in that state. */
export const storedLoadBalancer = async (
  changes: Partial<NewLoadBalancer> = {},
  provisioning_status: ProvisioningStatus = 'ACTIVE',
  children: (owner: NewLoadBalancer) => readonly Child[] = () => [],
): Promise<NewLoadBalancer> => {
  const loadBalancer = newLoadBalancer(changes);
  const request = { flow: 'create-load-balancer' as const, requester };
  const operation = await commitNewLoadBalancer(loadBalancer, request, children(loadBalancer));
  const { id: operation_id, fence, target, loadbalancer_id, amphora_id } = operation;
  await settle(
    { operation_id, fence, target, loadbalancer_id, amphora_id },
    { changes: { provisioning_status }, outcome: 'SUCCEEDED' },
  );
  return loadBalancer;
};
