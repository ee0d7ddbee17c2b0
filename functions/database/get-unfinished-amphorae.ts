import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Amphorae that were being built and have not taken over, and so have no role: `{ amphorae: [{ amphora_id }] }`. */
export const handler = task({
  name: 'GetUnfinishedAmphorae',
  input: loadBalancerInput,
  run: async ({ loadbalancer_id }) => {
    const { tree } = await readTree(loadbalancer_id, { withMembers: false });
    const unfinished = tree.amphorae.filter(({ role, status }) => role === null && status !== AmphoraStatus.DELETED);
    return { amphorae: unfinished.map(({ id }) => ({ amphora_id: id })) };
  },
});
