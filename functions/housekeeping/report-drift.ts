import * as z from 'zod';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { listFleetServers, viewNetwork } from '../../lib/drivers/inventory/fleet.ts';
import { DRIFT_CHECK_REQUESTED, type DriftRound } from '../../lib/models/drift.ts';
import type { Requester } from '../../lib/models/operations/operation.ts';
import { endDriftCheck, findDriftCheck } from '../../lib/repositories/fleet/drift.ts';
import { findFreeze } from '../../lib/repositories/fleet/freeze.ts';
import { driftConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { metricLine } from '../../lib/tools/metric-line.ts';
import { checkLoadBalancers, goOnWithRound, type Judged } from '../../lib/upkeep/drift/check.ts';
import { UPKEEP } from '../../lib/upkeep/round.ts';

/** Milliseconds in which load balancers have their turn: a minute less than the function's own limit. */
const ROUND_MS = 240_000;

/** What the API asks for: a check by its record. Others may put events on the bus, so nothing but the id is taken from one. */
const recorded = z.object({ 'detail-type': z.literal(DRIFT_CHECK_REQUESTED), detail: z.object({ id: z.guid() }) });
/** An operator's own call of the function. */
const asked = z.object({ loadbalancer_ids: z.array(z.guid()).min(1), repair: z.boolean().default(false) });

/**
 * Compares Nova, Neutron and the agents with the table. By the clock: continues the round over all load balancers. By an event: checks the
 * load balancers of a recorded check at once. With `loadbalancer_ids`: checks those at once. With `repair` also repairs what can be, unless
 * the worker is frozen.
 */
export const handler = async (event: unknown): Promise<DriftRound | { readonly judged: readonly Judged[] }> => {
  const parts = { agents: impatientAmphoraDriver(), compute: computeDriver(), viewNetwork };
  const check = async (requester: Requester, ids: readonly string[], repair: boolean) =>
    await checkLoadBalancers({ ...parts, worker: new ControllerWorker(requester) }, ids, {
      repair: repair && (await findFreeze()) === null,
    });
  const wanted = recorded.safeParse(event);
  if (wanted.success) {
    const found = await findDriftCheck(wanted.data.detail.id);
    // An event may be delivered twice, or be of no request at all.
    if (found === null || found.ended_at !== null) return { judged: [] };
    const judged = await check(found.requester, found.loadbalancer_ids, found.repair);
    const results = judged.map((one) => ({ ...one, findings: one.findings?.length ?? null }));
    await endDriftCheck({ ...found, ended_at: new Date().toISOString(), results });
    return { judged };
  }
  const call = asked.safeParse(event);
  if (call.success) return { judged: await check(UPKEEP, call.data.loadbalancer_ids, call.data.repair) };
  const options = { atOnce: driftConfig().atOnce, until: Date.now() + ROUND_MS };
  const round = await goOnWithRound({ ...parts, listServers: listFleetServers }, options);
  const { checked, skipped, findings, ended_at } = round;
  // Only a whole round says how much is wrong.
  const counts = { DriftChecked: checked, DriftSkipped: skipped, DriftFindings: findings };
  const facts = ended_at === null ? {} : metricLine(Date.now(), { Function: 'ReportDrift' }, counts);
  logger.info('drift of load balancers', { ...facts, ...round });
  return round;
};
