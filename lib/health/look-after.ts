import type { ControllerWorker } from '../controller-worker.ts';
import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import { ImmutableObjectError } from '../errors/flow.ts';
import { AmphoraNotFound, LBNotFound } from '../errors/not-found.ts';
import { NO_ZONE } from '../models/health.ts';
import { serverName } from '../models/names.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import type { Operation, Requester } from '../models/operations/operation.ts';
import { AmphoraStatus, FAILOVERABLE_STATUSES } from '../models/statuses.ts';
import { noteSignOfLife } from '../repositories/cloud/deleted-rows.ts';
import { getAmphora } from '../repositories/fleet/amphora-commits.ts';
import { findFreeze } from '../repositories/fleet/freeze.ts';
import { findHeartbeat } from '../repositories/health/heartbeats.ts';
import { leaseAlarm, listReceivers, readGovernor } from '../repositories/health/receivers.ts';
import { forgetHealth } from '../repositories/health/reports.ts';
import { getLoadBalancer } from '../repositories/objects/load-balancers.ts';
import { walkOperations } from '../repositories/operations/operations.ts';
import { amphoraKey } from '../repositories/table/keys.ts';
import type { AlarmDetail } from './alarm.ts';
import { type ProbeDrivers, probe } from './probe.ts';

/** What was done about an alarm. */
export const LOOKED_AFTER = [
  /** A failover was started (for an amphora without a load balancer: its deletion). */
  'failover',
  /** Its server, which should be gone, was deleted. */
  'server-deleted',
  /** It sends heartbeats again. */
  'well',
  /** Its agent answers, or nothing is certain yet. */
  'waiting',
  /** Another invocation handles it. */
  'leased',
  /** Its load balancer takes no failover now: another operation runs, or its deletion failed. */
  'busy',
  /** A storm. */
  'suspended',
  /** Its load balancer was failed over again and again. */
  'backing-off',
  /** The worker is frozen. */
  'frozen',
  /** It is no more. */
  'gone',
] as const;
export type LookedAfter = (typeof LOOKED_AFTER)[number];

export interface LookAfterParts extends ProbeDrivers {
  readonly worker: Pick<ControllerWorker, 'failoverAmphora'>;
  readonly compute: Pick<ComputeDriver, 'findServers' | 'getServer' | 'deleteServer'>;
  /** Names this invocation; two with the same name may both go on. */
  readonly holder: string;
  readonly now: () => number;
  /** Milliseconds without a heartbeat that are a failure, also when a probe is inconclusive. */
  readonly timeoutMs: number;
}

/** Recorded on the operations that alarms start. */
export const HEALTH: Requester = { user_id: 'health', project_id: null, request_id: null };

/** Longer than a probe takes. */
const LEASE_MS = 30_000;

const HOUR_MS = 3_600_000;
/** Failovers of one load balancer within the hour that are no surprise: both amphorae of one. */
const USUAL = 2;
const FIRST_PAUSE_MS = 60_000;
const NEWEST_FIRST = { from: null, descending: true, wanted: 50 };

const iso = (moment: number): string => new Date(moment).toISOString();

/** True while a load balancer whose failovers do not help has to wait: a minute, then two, four, ... */
const backsOff = async (loadBalancerId: string, now: number): Promise<boolean> => {
  const lately: Operation[] = [];
  // However many changes came in between.
  for await (const operation of walkOperations(loadBalancerId, NEWEST_FIRST)) {
    if (Date.parse(operation.created_at) <= now - HOUR_MS) break;
    const { flow, requester } = operation;
    if (flow === 'failover-amphora' && requester.user_id === HEALTH.user_id) lately.push(operation);
  }
  if (lately.length < USUAL) return false;
  const newest = Math.max(...lately.map(({ created_at }) => Date.parse(created_at)));
  return now - newest < FIRST_PAUSE_MS * 2 ** (lately.length - USUAL);
};

/** True when the table agrees with the alarm that the timeout is over: events can be sent by others than receivers. */
const isStale = async ({ now, timeoutMs }: LookAfterParts, { amphora_id, stale }: AlarmDetail): Promise<boolean> => {
  const heartbeat = stale ? await findHeartbeat(amphora_id) : null;
  return heartbeat !== null && now() - Date.parse(heartbeat.well_at) >= timeoutMs;
};

/** True when a receiver has lately left heartbeats unread: silence may be its own then. */
const droppedLately = async ({ now, timeoutMs }: LookAfterParts): Promise<boolean> =>
  (await listReceivers()).some(({ dropped_at }) => dropped_at && now() - Date.parse(dropped_at) < timeoutMs);

/** What the probe and the time say together: true when the amphora has failed. */
const hasFailed = async (parts: LookAfterParts, amphora: Amphora, alarm: AlarmDetail): Promise<boolean> => {
  const { reason } = alarm;
  if (reason === 'CLOUDWATCH') return true;
  // It sends heartbeats, and so is alive; what it lacks may still come.
  if (reason === 'LISTENERS_MISSING') return await isStale(parts, alarm);
  const verdict = await probe(parts, amphora);
  if (verdict === 'dead') return true;
  // An amphora that never sent a heartbeat and answers cannot reach the receivers: another one would not either.
  if (verdict === 'alive' && (reason === 'NEVER_HEARD' || (await droppedLately(parts)))) return false;
  return await isStale(parts, alarm);
};

/** True when it has been well since the alarm was raised. */
const isWell = async ({ amphora_id, well_at }: AlarmDetail): Promise<boolean> => {
  if (well_at === null) return false;
  const heartbeat = await findHeartbeat(amphora_id);
  return heartbeat === null || heartbeat.well_at > well_at;
};

const lookedUp = async (amphoraId: string): Promise<Amphora | null> => {
  try {
    return await getAmphora(amphoraId);
  } catch (error) {
    if (error instanceof AmphoraNotFound) return null;
    throw error;
  }
};

const failOver = async ({ worker, now }: LookAfterParts, amphora: Amphora): Promise<LookedAfter> => {
  const { id, load_balancer_id } = amphora;
  if (load_balancer_id !== null && (await backsOff(load_balancer_id, now()))) return 'backing-off';
  try {
    await worker.failoverAmphora(id, { allowed: FAILOVERABLE_STATUSES });
    return 'failover';
  } catch (error) {
    if (error instanceof ImmutableObjectError) return 'busy';
    if (error instanceof AmphoraNotFound || error instanceof LBNotFound) return 'gone';
    throw error;
  }
};

/** A probe is of no use while nothing can follow from it. */
const isBusy = async ({ load_balancer_id }: Amphora): Promise<boolean> =>
  load_balancer_id !== null && (await getLoadBalancer(load_balancer_id)).lock !== null;

const decide = async (parts: LookAfterParts, alarm: AlarmDetail, amphora: Amphora): Promise<LookedAfter> => {
  if (await isBusy(amphora)) return 'busy';
  const { storms } = await readGovernor(iso(parts.now()));
  if (storms.some(({ zone }) => zone === (amphora.cached_zone ?? NO_ZONE))) return 'suspended';
  if (!(await hasFailed(parts, amphora, alarm))) return 'waiting';
  return await failOver(parts, amphora);
};

/**
 * It was deleted and sends heartbeats: it is remembered for as long as it does, and every server of its name is
 * deleted.
 */
const endZombie = async ({ compute, now }: LookAfterParts, { id, load_balancer_id, compute_id }: Amphora) => {
  await noteSignOfLife(amphoraKey(id, load_balancer_id), iso(now()));
  const found = await compute.findServers(serverName(id));
  const serverIds = new Set([...(compute_id === null ? [] : [compute_id]), ...found.map((server) => server.id)]);
  for (const serverId of serverIds) await compute.deleteServer(serverId);
  return serverIds.size === 0 ? 'gone' : 'server-deleted';
};

/**
 * Does what an alarm asks for, if it is still true: probes the amphora, and has it replaced when it has failed. Twice, late,
 * or beside another one it does no harm.
 */
export const lookAfter = async (parts: LookAfterParts, alarm: AlarmDetail): Promise<LookedAfter> => {
  const { holder, now } = parts;
  const { amphora_id } = alarm;
  if ((await findFreeze()) !== null) return 'frozen';
  const amphora = await lookedUp(amphora_id);
  if (amphora === null || amphora.status === AmphoraStatus.DELETED) {
    await forgetHealth(amphora_id);
    if (alarm.reason !== 'ZOMBIE' || amphora === null) return 'gone';
    return await endZombie(parts, amphora);
  }
  if (alarm.reason === 'ZOMBIE') return 'well';
  if (await isWell(alarm)) return 'well';
  if (!(await leaseAlarm(amphora_id, holder, iso(now()), iso(now() + LEASE_MS)))) return 'leased';
  try {
    return await decide(parts, alarm, amphora);
  } finally {
    // From here on the load balancer's own lock keeps a second failover out.
    await leaseAlarm(amphora_id, holder, iso(now()), iso(now()));
  }
};
