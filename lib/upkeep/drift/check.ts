import type { Server } from '../../drivers/compute/compute-driver.ts';
import { UnrestorableError } from '../../errors/conflict.ts';
import { ImmutableObjectError } from '../../errors/flow.ts';
import {
  type DriftRound,
  type Finding,
  isSameFinding,
  type LoadBalancerDrift,
  MOST_FINDINGS,
  type SeenFinding,
} from '../../models/drift.ts';
import {
  findDrift,
  findDriftRound,
  listDrift,
  putDrift,
  putDriftRound,
  removeDrift,
} from '../../repositories/fleet/drift.ts';
import { listLoadBalancerIds } from '../../repositories/objects/living.ts';
import { getTree } from '../../repositories/objects/trees.ts';
import { logger } from '../../tools/logger.ts';
import { type Look, type LookParts, look } from './look.ts';
import { type RepairWorker, repair } from './repair.ts';

/** Load balancers that are looked at together: their ports and rules come with few requests. */
const TOGETHER = 25;

/** What came of a look that was asked for. */
export interface Judged {
  readonly loadbalancer_id: string;
  /** null: not judged, since an operation works on it, its creation or deletion failed, or it could not be looked at. */
  readonly findings: readonly Finding[] | null;
  /** The repair, where one was asked for and began. */
  readonly operation_id: string | null;
}

const seen = (findings: readonly Finding[], before: LoadBalancerDrift | null, now: string): readonly SeenFinding[] =>
  findings.slice(0, MOST_FINDINGS).map((finding) => {
    const former = before?.findings.find((one) => isSameFinding(one, finding));
    return { ...finding, first_seen: former?.first_seen ?? now };
  });

/** Notes what was found; what is right again is forgotten, and what was not judged stays as it was. */
const note = async ({ id, loadBalancer, findings }: Look, before: LoadBalancerDrift | null): Promise<void> => {
  if (loadBalancer === null || findings?.length === 0) {
    if (before !== null) await removeDrift(id);
    return;
  }
  if (findings === null) return;
  const now = new Date().toISOString();
  for (const finding of findings) logger.warn('drift', { loadbalancer_id: id, ...finding });
  await putDrift({
    loadbalancer_id: id,
    project_id: loadBalancer.project_id,
    seen_at: now,
    findings: seen(findings, before, now),
    repair: before?.repair ?? null,
  });
};

const tryRepair = async (worker: RepairWorker, { id, loadBalancer, findings }: Look): Promise<string | null> => {
  if (loadBalancer === null || findings === null || findings.length === 0) return null;
  try {
    const { amphorae } = await getTree(id);
    const operation = await repair(worker, loadBalancer, amphorae, findings);
    if (operation === null) return null;
    const drift = await findDrift(id);
    const at = new Date().toISOString();
    if (drift !== null) await putDrift({ ...drift, repair: { operation_id: operation.operationId, at } });
    logger.info('drift repair started', { loadbalancer_id: id, operation_id: operation.operationId });
    return operation.operationId;
  } catch (error) {
    // Another operation came first, or an update does not suffice: what is left is found by the next look.
    if (error instanceof ImmutableObjectError || error instanceof UnrestorableError) return null;
    throw error;
  }
};

/** Looks at these load balancers at once, and has repaired what can be repaired where that is asked for. */
export const checkLoadBalancers = async (
  parts: LookParts & { readonly worker: RepairWorker },
  ids: readonly string[],
  { repair: asked }: { readonly repair: boolean },
): Promise<readonly Judged[]> => {
  const judged: Judged[] = [];
  // Without a list of servers each is looked at alone.
  for (const one of await look(parts, ids, new Map())) {
    await note(one, await findDrift(one.id));
    const operation_id = asked ? await tryRepair(parts.worker, one) : null;
    judged.push({ loadbalancer_id: one.id, findings: one.findings, operation_id });
  }
  return judged;
};

export interface RoundOptions {
  /** Load balancers that have their turn in this invocation. */
  readonly atOnce: number;
  /** Milliseconds UTC from which on no other has. */
  readonly until: number;
}

const began = (): DriftRound => ({
  started_at: new Date().toISOString(),
  ended_at: null,
  cursor: '',
  checked: 0,
  skipped: 0,
  findings: 0,
});

/**
 * Continues the round over all load balancers where the former invocation stopped, or begins a new one. After a crash
 * the next run continues, and looks again at the last few.
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const goOnWithRound = async (
  parts: LookParts & { readonly listServers: () => Promise<ReadonlyMap<string, Server>> },
  { atOnce, until }: RoundOptions,
): Promise<DriftRound> => {
  const former = await findDriftRound();
  let round = former === null || former.ended_at !== null ? began() : former;
  const all = (await listLoadBalancerIds()).toSorted();
  const waiting = all.filter((id) => id > round.cursor);
  const known = new Map((await listDrift()).map((drift) => [drift.loadbalancer_id, drift]));
  const servers = waiting.length === 0 ? new Map<string, Server>() : await parts.listServers();
  let had = 0;
  while (had < waiting.length && had < atOnce && Date.now() < until) {
    const ids = waiting.slice(had, had + Math.min(TOGETHER, atOnce - had));
    had += ids.length;
    const looks = await look(parts, ids, servers);
    for (const one of looks) await note(one, known.get(one.id) ?? null);
    const judged = looks.flatMap(({ findings }) => (findings === null ? [] : [findings.length]));
    round = {
      ...round,
      cursor: ids.at(-1) ?? round.cursor,
      checked: round.checked + judged.length,
      skipped: round.skipped + looks.length - judged.length,
      findings: round.findings + judged.reduce((sum, count) => sum + count, 0),
    };
    await putDriftRound(round);
  }
  if (had < waiting.length) return round;
  const living = new Set(all);
  for (const id of known.keys()) if (!living.has(id)) await removeDrift(id);
  const ended = { ...round, ended_at: new Date().toISOString() };
  await putDriftRound(ended);
  return ended;
};
