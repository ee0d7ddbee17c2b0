import { commitNewLoadBalancer } from '../../../../lib/repositories/locks/commits.ts';
import { smallTree } from '../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { addMember, createRequest, flowOf, storedPool } from '../../lib/repositories/support/stored.ts';

/** What every task gets of a flow on a load balancer. */
const inputOf = (operation: Parameters<typeof flowOf>[0]) => ({
  ...flowOf(operation),
  loadbalancer_id: String(operation.loadbalancer_id),
});

/** A load balancer with a pending member, under apply-changes. */
export const changing = async () => {
  const stored = await storedPool();
  const { member, commit } = addMember(stored.pool, '10.0.0.1');
  const operation = await commit();
  return { ...stored, member, operation, input: inputOf(operation) };
};

/** A load balancer that is created with a listener, a pool and a member. */
export const creating = async () => {
  const loadBalancer = newLoadBalancer();
  const operation = await commitNewLoadBalancer(loadBalancer, createRequest, smallTree(loadBalancer, {}));
  return { id: loadBalancer.id, operation, input: inputOf(operation) };
};
