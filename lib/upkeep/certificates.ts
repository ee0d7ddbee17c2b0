import type { ControllerWorker } from '../controller-worker.ts';
import { ImmutableObjectError } from '../errors/flow.ts';
import { AmphoraNotFound, LBNotFound, OperationNotFoundError } from '../errors/not-found.ts';
import type { PutEvents } from '../events/put-events.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import { FAILOVERABLE_STATUSES } from '../models/statuses.ts';
import { getAmphora } from '../repositories/fleet/amphora-commits.ts';
import { listCertificatesDue } from '../repositories/fleet/amphora-lists.ts';
import { getOperation } from '../repositories/operations/operations.ts';
import { logger } from '../tools/logger.ts';
import { forEachOf } from './each.ts';
import {
  countOf,
  inOrder,
  type ProvenRound,
  type Reason,
  reasonOf,
  round,
  roundBehindOne,
  type Turn,
} from './round.ts';

export interface RotationParts {
  readonly worker: Pick<ControllerWorker, 'rotateAmphoraCertificate' | 'failoverAmphora'>;
  readonly putEvents: PutEvents;
  /** Seconds. */
  readonly expiryBuffer: number;
  /** Fingerprint of the authority that all certificates should be of. */
  readonly issuer: string;
  readonly atOnce: number;
  readonly expiredFailover: boolean;
  /** Milliseconds UTC from which on nothing new begins. */
  readonly until: number;
}

/** EventBridge's detail type of an alarm. */
export const CERTIFICATE_ALARM = 'Amphora Certificate Alarm';

/** A certificate that should have been replaced long ago. */
export interface CertificateAlarm {
  readonly amphora_id: string;
  readonly loadbalancer_id: string | null;
  /** ISO 8601. */
  readonly cert_expiration: string | null;
  /** True: it has expired, and the worker cannot call the agent any more. */
  readonly expired: boolean;
  /** The rotation that failed last, and why; null when there was none. */
  readonly operation_id: string | null;
  readonly error_name: string | null;
  readonly error_message: string | null;
  /** What can be done about it. */
  readonly advice: string;
}

export interface RotationRound {
  /** Certificates that end within the buffer, or are of another authority. */
  readonly due: number;
  readonly rotated: number;
  readonly failed: number;
  /** Those that had no turn, or are not at their end yet: the next round looks again. */
  readonly left: number;
  /** True when nothing was rotated for its authority, since the worker signs with another one. */
  readonly halted: boolean;
  readonly alarms: readonly CertificateAlarm[];
  /** Amphorae that are failed over, since their certificate has ended. */
  readonly failed_over: readonly string[];
}

/** When all rotations fail, all of the fleet is overdue at once. */
const READS_AT_ONCE = 25;

const endOf = ({ cert_expiration }: Amphora): number => (cert_expiration === null ? 0 : Date.parse(cert_expiration));

/** Why the rotation before this round failed, with its operation. */
const formerReason = async ({ last_rotation }: Amphora): Promise<{ id: string; reason: Reason | null } | null> => {
  if (last_rotation === null || last_rotation === undefined) return null;
  const { operation_id: id } = last_rotation;
  try {
    return { id, reason: reasonOf(await getOperation(id)) };
  } catch (error) {
    if (error instanceof OperationNotFoundError) return { id, reason: null };
    throw error;
  }
};

const LOOK = 'See why its rotations fail; they are tried again every hour.';
const FAIL_OVER = 'Its agent can be told nothing any more: fail its load balancer over.';
const DELETE = 'Its agent can be told nothing any more: delete it.';

const adviceFor = ({ load_balancer_id }: Amphora, expired: boolean): string => {
  if (!expired) return LOOK;
  return load_balancer_id === null ? DELETE : FAIL_OVER;
};

const alarmFor = async (amphora: Amphora, turn: Turn | undefined, now: number): Promise<CertificateAlarm> => {
  const former = turn?.reason ? { id: turn.operation_id, reason: turn.reason } : await formerReason(amphora);
  const expired = endOf(amphora) <= now;
  return {
    amphora_id: amphora.id,
    loadbalancer_id: amphora.load_balancer_id,
    cert_expiration: amphora.cert_expiration,
    expired,
    operation_id: former?.id ?? null,
    error_name: former?.reason?.error_name ?? null,
    error_message: former?.reason?.error_message ?? null,
    advice: adviceFor(amphora, expired),
  };
};

/** True when it was replaced, or deleted where it carries nothing. */
const failOver = async (worker: RotationParts['worker'], amphoraId: string): Promise<boolean> => {
  try {
    await worker.failoverAmphora(amphoraId, { allowed: FAILOVERABLE_STATUSES });
    return true;
  } catch (error) {
    // Another operation works on its load balancer: the next round looks again.
    if (error instanceof ImmutableObjectError) return false;
    if (error instanceof AmphoraNotFound || error instanceof LBNotFound) return false;
    throw error;
  }
};

/** The agents of these were asked just now, and the worker may not call them any more. */
const beyondRotation = (turns: readonly Turn[], now: number): readonly Amphora[] =>
  turns
    .filter(({ amphora, reason }) => endOf(amphora) <= now && reason?.error_name === 'AmphoraIdentityError')
    .map(({ amphora }) => amphora);

/**
 * Those that end soon have their turn in any case. Of those that are due for their authority alone one goes first: when
 * its new one is of another authority again, they would all be due for ever.
 */
const turnsOf = async (
  { worker, issuer, atOnce, until }: RotationParts,
  due: readonly Amphora[],
  endsSoon: (amphora: Amphora) => boolean,
): Promise<ProvenRound> => {
  const options = { atOnce, until, start: (id: string) => worker.rotateAmphoraCertificate(id) };
  const soon = await round(due.filter(endsSoon), options);
  const others = due.filter((amphora) => !endsSoon(amphora));
  const isWanted = async ({ id }: Amphora) => (await getAmphora(id)).cert_issuer === issuer;
  const { turns, halted } = await roundBehindOne(others, options, isWanted);
  if (halted) {
    logger.error('SERVER_CA_PRIVATE_KEY does not belong to the first certificate of SERVER_CA_CERTIFICATE', {
      amphora_id: turns.at(-1)?.amphora.id,
    });
  }
  return { turns: [...soon, ...turns], halted };
};

/**
 * Gives new certificates to amphorae whose certificate ends within the buffer, raises an alarm for each that has less
 * than half of it left and got none, and fails over those with an expired certificate, where that is asked for.
 */
export const rotateCertificates = async (parts: RotationParts): Promise<RotationRound> => {
  const { worker, putEvents, expiryBuffer, issuer } = parts;
  const now = Date.now();
  const before = new Date(now + expiryBuffer * 1000).toISOString();
  const due = inOrder(
    await listCertificatesDue(before, issuer),
    ({ last_rotation }) => last_rotation,
    ({ cert_expiration }) => cert_expiration ?? '',
  );
  const { turns, halted } = await turnsOf(parts, due, (amphora) => endOf(amphora) < Date.parse(before));
  const turnOf = new Map(turns.map((turn) => [turn.amphora.id, turn]));
  const finished = (amphora: Amphora) => ['done', 'gone'].includes(turnOf.get(amphora.id)?.outcome ?? '');

  const overdue = due.filter((amphora) => endOf(amphora) < now + expiryBuffer * 500 && !finished(amphora));
  const alarms: CertificateAlarm[] = [];
  const unread = await forEachOf(
    overdue,
    async (amphora) => void alarms.push(await alarmFor(amphora, turnOf.get(amphora.id), now)),
    { atOnce: READS_AT_ONCE },
  );
  for (const alarm of alarms) logger.error('certificate overdue for rotation', { ...alarm });

  // First of all, and whatever becomes of the rest.
  await putEvents(CERTIFICATE_ALARM, alarms);
  if (unread.length > 0)
    throw new AggregateError(unread, `${unread.length} overdue certificates could not be reported`);

  const failed_over: string[] = [];
  if (parts.expiredFailover) {
    for (const { id } of beyondRotation(turns, now).slice(0, parts.atOnce)) {
      if (await failOver(worker, id)) failed_over.push(id);
    }
  }

  const rotated = countOf(turns, 'done');
  const failed = countOf(turns, 'failed', 'unstarted');
  const left = due.length - rotated - failed - countOf(turns, 'gone');
  return { due: due.length, rotated, failed, left, halted, alarms, failed_over };
};
