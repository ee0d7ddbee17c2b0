import * as z from 'zod';
import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { type Amphora, AmphoraRole } from '../../lib/models/objects/amphora.ts';
import { Topology } from '../../lib/models/objects/load-balancer.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { holdsVip } from '../../lib/steps/amphora/vip-holders.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const input = loadBalancerInput.extend({
  /** The new ones, whose ids the operation was committed with. */
  amphorae: z.array(z.object({ amphora_id: z.guid(), role: z.enum(AmphoraRole) })),
});

/**
 * Amphorae that do not answer are replaced first, the VIP holder last; the last one by the MASTER, so that the VIP
 * moves once.
 */
const BUILD_ORDER: readonly AmphoraRole[] = [AmphoraRole.STANDALONE, AmphoraRole.BACKUP, AmphoraRole.MASTER];

/**
 * Says which new amphora replaces which old ones, in order: `{ replacements: [{ amphora_id, new_role, leaving }] }`.
 * Missing amphorae are built first, and superfluous ones leave with the first replacement.
 */
export const planFailover =
  (agents: Pick<AmphoraDriver, 'getInterface'>) =>
  async ({ loadbalancer_id, amphorae }: z.infer<typeof input>) => {
    const { tree } = await readTree(loadbalancer_id, { withMembers: false });
    const { topology, vip } = tree.load_balancer;
    const newIds = new Set(amphorae.map(({ amphora_id }) => amphora_id));
    const old = tree.amphorae.filter(({ id, status }) => status !== AmphoraStatus.DELETED && !newIds.has(id));
    const holds =
      topology === Topology.SINGLE
        ? old.map(() => false)
        : await Promise.all(old.map((amphora) => holdsVip(agents, amphora, vip.ip_address)));
    const ordered = [...old.filter((_, index) => !holds[index]), ...old.filter((_, index) => holds[index])];
    const wanted = amphorae.toSorted((a, b) => BUILD_ORDER.indexOf(a.role) - BUILD_ORDER.indexOf(b.role));
    const superfluous = Math.max(0, ordered.length - wanted.length);
    const missing = Math.max(0, wanted.length - ordered.length);
    const leavingOf = (index: number): readonly Amphora[] => {
      if (index === 0) return ordered.slice(0, missing > 0 ? 0 : superfluous + 1);
      const at = superfluous + index - missing;
      return ordered.slice(Math.max(0, at), at + 1);
    };
    return {
      replacements: wanted.map(({ amphora_id, role }, index) => ({
        amphora_id,
        new_role: role,
        leaving: leavingOf(index).map(({ id }) => ({ amphora_id: id })),
      })),
    };
  };

export const handler = task({
  name: 'PlanFailover',
  input,
  drivers: impatientAmphoraDriver,
  run: (event, _context, drivers) => planFailover(drivers)(event),
});
