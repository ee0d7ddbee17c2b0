import { SpareTakenError } from '../errors/conflict.ts';
import type { Amphora, AmphoraRole } from '../models/objects/amphora.ts';
import { type LoadBalancer, Topology } from '../models/objects/load-balancer.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import { findReadySpare, listSpares, type ReadySpare, takeSpare } from '../repositories/fleet/spares.ts';
import type { SpareTake } from '../repositories/locks/commits.ts';
import { computeConfig, detectionConfig, spareConfig } from '../settings/config.ts';

export type SpareTaker = Pick<LoadBalancer, 'id' | 'topology' | 'amphora_options' | 'server_group_id' | 'vip'>;

/** Spares that are looked at for one load balancer, when others are faster. */
const ATTEMPTS = 4;
/** Heartbeats that one may have missed. */
const MISSED = 2;

/**
 * True for a load balancer whose amphora is built of the settings alone: a spare is of no other image, flavor, zone or
 * management network, joins no server group, and knows itself as the only one.
 */
export const mayTakeSpare = ({ topology, amphora_options, server_group_id, vip }: SpareTaker): boolean =>
  topology === Topology.SINGLE &&
  server_group_id === null &&
  vip.vnic_type === 'normal' &&
  Object.values(amphora_options).every((option) => option === null);

/** Of the flavor and zone that the settings ask for now; those of an older image are deleted by housekeeping. */
const isCurrent = ({ compute_flavor, cached_zone }: Amphora): boolean => {
  const { ampFlavorId, availabilityZone } = computeConfig();
  // "zone:host" names a host in it.
  const zone = availabilityZone?.split(':', 1)[0] ?? null;
  return compute_flavor === ampFlavorId && (zone === null || cached_zone === zone);
};

/** Where heartbeats are received, a stale one is not taken. */
const isHeard = ({ heartbeat }: ReadySpare): boolean => {
  if (heartbeat === null) return true;
  const { heartbeatInterval } = detectionConfig();
  return (
    heartbeat.heard_at !== null && Date.parse(heartbeat.heard_at) > Date.now() - (MISSED + 1) * heartbeatInterval * 1000
  );
};

/**
 * Commits an operation with a spare amphora, when there is one for the load balancer, or without.
 * @param role of the spare in the load balancer; null for one that has yet to take over
 * @param commit throws SpareTakenError when another load balancer was faster
 */
export const withSpare = async <T>(
  loadBalancer: SpareTaker,
  role: AmphoraRole | null,
  commit: (spare: SpareTake | null) => Promise<T>,
): Promise<T> => {
  if (spareConfig().poolSize === 0 || !mayTakeSpare(loadBalancer)) return await commit(null);
  const listed = (await listSpares()).filter((one) => one.status === AmphoraStatus.READY && isCurrent(one));
  // Many commits at the same time must not all want the same one.
  const start = Math.floor(Math.random() * Math.max(listed.length, 1));
  for (const { id } of [...listed.slice(start), ...listed.slice(0, start)].slice(0, ATTEMPTS)) {
    const spare = await findReadySpare(id);
    if (spare === null || !isHeard(spare)) continue;
    try {
      return await commit(await takeSpare(spare, loadBalancer.id, role));
    } catch (error) {
      if (!(error instanceof SpareTakenError)) throw error;
    }
  }
  return await commit(null);
};
