import * as z from 'zod';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { listFleetServers, viewNetwork } from '../../lib/drivers/inventory/fleet.ts';
import { metricLine } from '../../lib/events/metric-line.ts';
import type { DriftRound } from '../../lib/models/drift.ts';
import { endDriftCheck, findDriftCheck } from '../../lib/repositories/fleet/drift.ts';
import { driftConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { checkLoadBalancers, goOnWithRound, type Judged } from '../../lib/upkeep/drift/check.ts';
import { UPKEEP } from '../../lib/upkeep/round.ts';

/** Milliseconds in which load balancers have their turn: a minute less than the function's own limit. */
const ROUND_MS = 240_000;

const request = z.object({
  loadbalancer_ids: z.array(z.string()).min(1),
  repair: z.boolean().default(false),
  requester: z
    .object({ user_id: z.string(), project_id: z.string().nullable(), request_id: z.string().nullable() })
    .default(UPKEEP),
  /** Of the record that the API answers with; null for a check that was asked of the function itself. */
  id: z.string().nullable().default(null),
  created_at: z.string().default(() => new Date().toISOString()),
});
/** What the API asks for comes as an event; an operator may also call the function with the request itself. */
const asked = z.union([z.object({ detail: request }).transform(({ detail }) => detail), request]);

/**
 * Compares Nova, Neutron and the agents with the table. By the clock: continues the round over all load balancers. With
 * `loadbalancer_ids`: checks those at once, and with `repair` also repairs what can be.
 */
export const handler = async (event: unknown): Promise<DriftRound | { readonly judged: readonly Judged[] }> => {
  const parts = { agents: impatientAmphoraDriver(), compute: computeDriver(), viewNetwork };
  const wish = asked.safeParse(event);
  if (wish.success) {
    const { id, requester, ...check } = wish.data;
    // An event may be delivered twice.
    if (id !== null && (await findDriftCheck(id))?.ended_at) return { judged: [] };
    const worker = new ControllerWorker(requester);
    const judged = await checkLoadBalancers({ ...parts, worker }, check.loadbalancer_ids, check);
    if (id !== null) {
      const results = judged.map((one) => ({ ...one, findings: one.findings?.length ?? null }));
      await endDriftCheck({ ...check, id, ended_at: new Date().toISOString(), results });
    }
    return { judged };
  }
  const options = { atOnce: driftConfig().atOnce, until: Date.now() + ROUND_MS };
  const round = await goOnWithRound({ ...parts, listServers: listFleetServers }, options);
  const { checked, skipped, findings, ended_at } = round;
  // Only a whole round says how much is wrong.
  const counts = { DriftChecked: checked, DriftSkipped: skipped, DriftFindings: findings };
  const facts = ended_at === null ? {} : metricLine(Date.now(), { Function: 'ReportDrift' }, counts);
  logger.info('drift of load balancers', { ...facts, ...round });
  return round;
};
