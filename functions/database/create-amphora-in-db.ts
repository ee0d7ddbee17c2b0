import * as z from 'zod';
import { AmphoraRole, VRRP_PRIORITY } from '../../lib/models/amphora.ts';
import { newAmphora } from '../../lib/repositories/amphora-commits.ts';
import { createAmphora } from '../../lib/repositories/amphorae.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const input = loadBalancerAmphoraInput.extend({ role: z.enum(AmphoraRole) });

/** Writes the row of an amphora whose id the operation was committed with; again is a success. */
export const handler = task({
  name: 'CreateAmphoraInDB',
  input,
  create:
    () =>
    async ({ amphora_id, loadbalancer_id, role }, { flow }) => {
      const priority = VRRP_PRIORITY[role];
      await createAmphora(flow, { ...newAmphora(amphora_id, loadbalancer_id), role, vrrp_priority: priority });
      return undefined;
    },
});
