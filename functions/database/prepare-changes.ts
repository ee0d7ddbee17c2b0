import { memberSubnetIds } from '../../lib/drivers/network/member-networks.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import type { LoadBalancerTree } from '../../lib/models/tree.ts';
import { readTree } from '../../lib/repositories/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const presentAmphorae = ({ amphorae }: LoadBalancerTree) =>
  amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED);

/** True when an amphora's plugged member subnets are not exactly those its members need. */
const networksDiffer = (tree: LoadBalancerTree): boolean => {
  const wanted = JSON.stringify(memberSubnetIds(tree));
  return presentAmphorae(tree).some(({ member_subnets }) => JSON.stringify(member_subnets ?? []) !== wanted);
};

const listenersChange = ({ listeners }: LoadBalancerTree): boolean =>
  listeners.some(({ provisioning_status }) => provisioning_status !== 'ACTIVE');

/**
 * Reads what is to be applied and how much work it takes. Everything committed up to the answered generation is part of
 * what the following steps do; what comes later makes the settling go round again.
 * Answers `{ generation, amphorae, plug, secure }`: whether member networks and the security group have to follow.
 */
export const handler = task({
  name: 'PrepareChanges',
  input: loadBalancerInput,
  create:
    () =>
    async ({ loadbalancer_id }) => {
      const { tree } = await readTree(loadbalancer_id);
      return {
        generation: tree.load_balancer.generation,
        amphorae: presentAmphorae(tree).map(({ id }) => ({ amphora_id: id })),
        plug: networksDiffer(tree),
        secure: listenersChange(tree),
      };
    },
});
