import { type NewHeartbeat, recordHeartbeat } from '../../repositories/health/heartbeats.ts';
import { reportsAll } from '../listener-count.ts';
import type { Arrival } from './arrival.ts';
import type { Known } from './known-amphorae.ts';

/**
 * - `recorded`: it is the amphora's last one now.
 * - `other-words`: not yet, because the amphora has sent another status report meanwhile, and another receiver got it.
 * - `overtaken`: not yet, because another heartbeat was recorded meanwhile.
 * - `missing`: it is another load balancer's amphora now, or none's.
 */
export type Recording = 'recorded' | 'other-words' | 'overtaken' | 'missing';

/**
 * The name of an amphora's status report: the same as long as the report is the same, and another one when it comes
 * again after a different report, so that a receiver that missed that one does not take what it remembers for current.
 */
const nameOf = (digest: string, before: string | null, heartbeat: string): string =>
  before !== null && before.split(' ', 1)[0] === digest ? before : `${digest} ${heartbeat}`;

/**
 * Records a heartbeat as the amphora's last one, and what is known of it with that.
 * @param digest of what it says
 * @param expected listeners that it should report; null for any number
 */
export const recordArrival = async (
  of: Known,
  { message, receivedAt, formerKey, ownKey }: Arrival,
  digest: string,
  expected: number | null,
): Promise<Recording> => {
  const { id, load_balancer_id, cached_zone } = of.amphora;
  const { sequence } = message;
  const at = new Date(receivedAt).toISOString();
  const said = nameOf(digest, of.said, `${sequence}@${receivedAt}`);
  const heartbeat: NewHeartbeat = {
    amphora_id: id,
    loadbalancer_id: load_balancer_id,
    zone: cached_zone,
    sequence,
    at,
    formerKey,
    ownKey,
    listeners: reportsAll(message, expected) ? null : { reported: message.listeners.size, expected: expected ?? 0 },
    said: { now: said, before: of.said },
  };
  const found = await recordHeartbeat(heartbeat, of.last?.sequence ?? null);
  if (found === 'missing' || (found !== null && found.loadbalancer_id !== load_balancer_id)) return 'missing';
  // Recorded already, as it was to be: the answer was lost, and it was asked again.
  if (found === null || (found.sequence === sequence && found.heard_at === at && found.said === said)) {
    of.last = { sequence, at: receivedAt };
    of.said = said;
    of.heardAt = receivedAt;
    of.ownKey = ownKey;
    return 'recorded';
  }
  const saidBefore = of.said;
  of.last = { sequence: found.sequence, at: Date.parse(found.heard_at ?? found.well_at) };
  of.said = found.said ?? null;
  return of.said === saidBefore ? 'overtaken' : 'other-words';
};
