import * as z from 'zod';
import type { Heartbeat } from '../../models/health.ts';
import { type Amphora, type AmphoraRole, VRRP_PRIORITY } from '../../models/objects/amphora.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { listResources, moveResource } from '../cloud/external-resources.ts';
import { expectHeartbeat, findHeartbeat } from '../health/heartbeats.ts';
import type { SpareTake } from '../locks/commits.ts';
import { amphoraRow } from '../rows/amphora.ts';
import { amphoraKey, RowType, SPARES } from '../table/keys.ts';
import { findRow, queryListed } from '../table/query.ts';
import { readable } from '../table/readable.ts';
import { inTable } from '../table/transact.ts';
import { amphoraRows } from './amphorae.ts';

/** Amphorae without a load balancer that are not deleted, oldest first; the index lags a moment behind. */
export const listSpares = async (): Promise<readonly Amphora[]> =>
  readable(amphoraRow, await queryListed(RowType.AMPHORA, SPARES));

const locked = z.object({ lock: z.unknown().nullish() });

/** A spare that waits for a load balancer, and its last heartbeat; strongly consistent. */
export interface ReadySpare {
  readonly amphora: Amphora;
  /** null where no heartbeats are waited for. */
  readonly heartbeat: Heartbeat | null;
}

/** The spare of that id, or null when it is not READY, held by an operation, or taken. */
export const findReadySpare = async (amphoraId: string): Promise<ReadySpare | null> => {
  const [row, heartbeat] = await Promise.all([findRow(amphoraKey(amphoraId, null)), findHeartbeat(amphoraId)]);
  if (row === null) return null;
  const amphora = amphoraRow.parse(row);
  const { lock } = locked.parse(row);
  const isFree = amphora.status === AmphoraStatus.READY && (lock === null || lock === undefined);
  return isFree ? { amphora, heartbeat } : null;
};

/**
 * The rows that make a spare a load balancer's amphora, with its entries in the ledger, for the transaction that
 * commits the operation which needs it: of several that want it one gets it, and after a crash that operation uses it
 * or undoes it. It stays READY until it is plugged.
 * @param role null for one that has yet to take over
 */
export const takeSpare = async (
  { amphora, heartbeat }: ReadySpare,
  loadBalancerId: string,
  role: AmphoraRole | null,
): Promise<SpareTake> => {
  const { id: amphoraId, cached_zone: zone } = amphora;
  const now = new Date().toISOString();
  const taken: Amphora = {
    ...amphora,
    load_balancer_id: loadBalancerId,
    role,
    vrrp_priority: role === null ? null : VRRP_PRIORITY[role],
    updated_at: now,
  };
  const owned = await listResources({ loadbalancer_id: null, amphora_id: amphoraId });
  return {
    amphoraId,
    rows: [
      {
        Delete: {
          ...inTable(),
          Key: amphoraKey(amphoraId, null),
          ConditionExpression: '#status = :ready AND (attribute_not_exists(#lock) OR #lock = :none)',
          ExpressionAttributeNames: { '#status': 'status', '#lock': 'lock' },
          ExpressionAttributeValues: { ':ready': AmphoraStatus.READY, ':none': null },
        },
      },
      ...amphoraRows(taken),
      ...owned.flatMap((resource) => moveResource(resource, loadBalancerId)),
      // The receiver of its heartbeats learns its new load balancer by it.
      ...(heartbeat === null
        ? []
        : [expectHeartbeat({ amphora_id: amphoraId, loadbalancer_id: loadBalancerId, zone }, now)]),
    ],
  };
};
