import * as z from 'zod';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { getTree } from '../../lib/repositories/objects/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/**
 * The ids of the load balancer's amphorae that are not deleted: `{ amphorae: [{ amphora_id }] }`. With `leftovers` also of
 * those of which something is left in the cloud, since it keeps the security group in use.
 */
export const handler = task({
  name: 'GetAmphorae',
  input: loadBalancerInput.extend({ leftovers: z.boolean().default(false) }),
  run: async ({ loadbalancer_id, leftovers }) => {
    const { amphorae } = await getTree(loadbalancer_id);
    const present = amphorae.filter(({ status }) => status !== AmphoraStatus.DELETED).map(({ id }) => id);
    const owned = leftovers ? await listResources({ loadbalancer_id, amphora_id: null }) : [];
    const left = owned.flatMap(({ amphora_id }) => (amphora_id === null ? [] : [amphora_id]));
    return { amphorae: [...new Set([...present, ...left])].map((amphora_id) => ({ amphora_id })) };
  },
});
