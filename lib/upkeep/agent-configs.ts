import type { ControllerWorker } from '../controller-worker.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import { listAgentConfigsDue } from '../repositories/fleet/amphora-lists.ts';
import { findHeartbeat, listWithFormerKey } from '../repositories/health/heartbeats.ts';
import { logger } from '../tools/logger.ts';
import { poll } from '../tools/poll.ts';
import { countOf, inOrder, round, roundBehindOne, type Turn } from './round.ts';

export interface ConfigParts {
  readonly worker: Pick<ControllerWorker, 'updateAmphoraAgentConfig'>;
  /** Mark of the settings that all agents should have. */
  readonly mark: string;
  readonly atOnce: number;
  /** How many receivers agents are told of. */
  readonly receivers: number;
  /** Milliseconds UTC from which on nothing new begins. */
  readonly until: number;
  /** Milliseconds between heartbeats. */
  readonly intervalMs: number;
  /** Milliseconds in which the one that goes first must send a heartbeat. @default four intervals and 5,000 */
  readonly patienceMs?: number;
}

export interface ConfigRound {
  /** Amphorae whose agent was given another configuration, or an unknown one. */
  readonly due: number;
  readonly updated: number;
  readonly failed: number;
  /** Those that had no turn, or are not at their end yet: the next round looks again. */
  readonly left: number;
  /** True when the first one sent no heartbeat any more: no other was updated. */
  readonly halted: boolean;
  /** True when there are no receivers to tell agents of that send heartbeats: all keep their configuration. */
  readonly without_receivers: boolean;
  /**
   * Amphorae that still sign with the receivers' previous key, at most 100: those that are due, and those whose agent
   * was updated and has not restarted since.
   */
  readonly former_key: readonly string[];
}

/** So many are checked for a heartbeat. */
const CANDIDATES = 20;
/** So many heartbeats may be missing before an amphora counts as stale. */
const MISSED = 3;
const TOLERANCE_MS = 5_000;
const POLL_MS = 250;
/** So many that sign with the previous key are named. */
const NAMED = 100;

const heardSince = async (amphoraId: string, since: number): Promise<boolean> => {
  const heartbeat = await findHeartbeat(amphoraId);
  return heartbeat !== null && heartbeat.heard_at !== null && Date.parse(heartbeat.heard_at) > since;
};

/** One with a recent heartbeat; null when none of the first ones has one. */
const heardToday = async (due: readonly Amphora[], { intervalMs }: ConfigParts): Promise<Amphora | null> => {
  const since = Date.now() - MISSED * intervalMs - TOLERANCE_MS;
  for (const amphora of due.slice(0, CANDIDATES)) if (await heardSince(amphora.id, since)) return amphora;
  return null;
};

/** True as soon as it sends a heartbeat. What it sends within an interval may still be the old way. */
const isHeardAgain = async ({ id }: Amphora, { intervalMs, patienceMs }: ConfigParts): Promise<boolean> => {
  const since = Date.now() + intervalMs;
  const budgetMs = patienceMs ?? (1 + MISSED) * intervalMs + TOLERANCE_MS;
  const time = { budgetMs, intervalMs: POLL_MS };
  return (await poll(time, async () => ((await heardSince(id, since)) ? true : null))) !== null;
};

const turnsOf = async (
  parts: ConfigParts,
  due: readonly Amphora[],
): Promise<Pick<ConfigRound, 'halted' | 'without_receivers'> & { readonly turns: readonly Turn[] }> => {
  const { worker, atOnce, receivers, until } = parts;
  const options = { atOnce, until, start: (id: string) => worker.updateAmphoraAgentConfig(id) };
  const first = atOnce === 0 ? null : await heardToday(due, parts);
  if (receivers === 0) return { turns: [], halted: false, without_receivers: first !== null };
  // Where no heartbeats are received no amphora can become stale, and a new push may be what helps.
  if (first === null) return { turns: await round(due, options), halted: false, without_receivers: false };
  const order = [first, ...due.filter((amphora) => amphora !== first)];
  const behindOne = await roundBehindOne(order, options, (amphora) => isHeardAgain(amphora, parts));
  return { ...behindOne, without_receivers: false };
};

/**
 * Pushes the configuration of agents whose recorded heartbeat settings differ. One with a recent heartbeat goes first;
 * only when receivers accept its next one, the others follow. While no receivers are set, all agents keep what they have.
 */
export const updateAgentConfigs = async (parts: ConfigParts): Promise<ConfigRound> => {
  const due = inOrder(
    await listAgentConfigsDue(parts.mark),
    ({ last_config_update }) => last_config_update,
    ({ created_at }) => created_at,
  );
  const { turns, halted, without_receivers } = await turnsOf(parts, due);
  if (halted) {
    logger.error('updated amphora sends no heartbeats; agent configurations are halted', {
      amphora_id: turns.at(-1)?.amphora.id,
    });
  }
  if (without_receivers) {
    logger.warn('CONTROLLER_IP_PORT_LIST is empty while amphorae send heartbeats; agents keep their configuration', {
      due: due.length,
    });
  }
  const updated = countOf(turns, 'done');
  const failed = countOf(turns, 'failed', 'unstarted');
  const left = due.length - updated - failed - countOf(turns, 'gone');
  const former_key = (await listWithFormerKey()).map(({ amphora_id }) => amphora_id).slice(0, NAMED);
  return { due: due.length, updated, failed, left, halted, without_receivers, former_key };
};
