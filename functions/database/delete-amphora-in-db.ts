import { removeAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { forgetHealth } from '../../lib/repositories/health/reports.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Undo of CreateAmphoraInDB: an amphora that never carried traffic leaves no row. Gone is a success. */
export const handler = task({
  name: 'DeleteAmphoraInDB',
  input: loadBalancerAmphoraInput,
  run: async ({ amphora_id }, { flow }) => {
    await removeAmphora(flow, amphora_id);
    await forgetHealth(amphora_id);
    return undefined;
  },
});
