import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { getTree } from '../../lib/repositories/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** The ids of the load balancer's amphorae that are not deleted: `{ amphorae: [{ amphora_id }] }`. */
export const handler = task({
  name: 'GetAmphorae',
  input: loadBalancerInput,
  create:
    () =>
    async ({ loadbalancer_id }) => {
      const { amphorae } = await getTree(loadbalancer_id);
      const present = amphorae.filter((amphora) => amphora.status !== AmphoraStatus.DELETED);
      return { amphorae: present.map((amphora) => ({ amphora_id: amphora.id })) };
    },
});
