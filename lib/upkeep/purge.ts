import { isStillThere, type LookDrivers } from '../drivers/inventory/still-there.ts';
import type { ExternalResource } from '../models/external-resource.ts';
import {
  type DeletedAmphora,
  type DeletedRow,
  deletedAmphora,
  leaveToOwner,
  ledgerEntry,
  listPartition,
  noteSignOfLife,
  purgeAmphoraRow,
  purgeLedgerEntry,
  purgeLoadBalancerRow,
  purgeStatistics,
} from '../repositories/cloud/deleted-rows.ts';
import { listResources } from '../repositories/cloud/external-resources.ts';
import { forgetSource } from '../repositories/health/heartbeat-sources.ts';
import { forgetHealth } from '../repositories/health/reports.ts';
import { findLoadBalancer } from '../repositories/objects/load-balancers.ts';
import { RowType } from '../repositories/table/keys.ts';

/**
 * - `kept`: something of it is there, and it is remembered as long again. - `busy`: not now.
 * - `owned`: an entry of the ledger whose owner came.
 */
export type Purged = 'purged' | 'kept' | 'busy' | 'owned';

export interface PurgeParts {
  readonly cloud: LookDrivers;
  /** ISO 8601, UTC. */
  readonly now: string;
  /** Amphorae without a sign of life since then are purged. */
  readonly amphoraeBefore: string;
}

const keyOf = ({ pk }: DeletedRow['key'], { kind, name }: ExternalResource) => ({
  pk,
  sk: `${RowType.EXTERNAL_RESOURCE}#${kind}#${name}`,
});

/** Forgets what is not in the cloud any more. @returns true when nothing is left */
const settleLedger = async (
  { cloud }: PurgeParts,
  key: DeletedRow['key'],
  entries: readonly ExternalResource[],
): Promise<boolean> => {
  let left = false;
  for (const entry of entries) {
    const gone = !(await isStillThere(cloud, entry)) && (await purgeLedgerEntry(keyOf(key, entry), entry));
    left ||= !gone;
  }
  return !left;
};

/** Purges a deleted amphora: what is known of its life, its row and its pointer. */
export const purgeAmphora = async (parts: PurgeParts, amphora: DeletedAmphora): Promise<Purged> => {
  const { key, id, loadbalancer_id, lb_network_ip } = amphora;
  const entries = await listResources({ loadbalancer_id, amphora_id: id });
  if (!(await settleLedger(parts, key, entries))) {
    await noteSignOfLife(key, parts.now);
    return 'kept';
  }
  // Before the row: without it no run would come here again.
  await forgetHealth(id);
  if (lb_network_ip !== null) await forgetSource(lb_network_ip, id);
  return (await purgeAmphoraRow(amphora)) ? 'purged' : 'busy';
};

const isOld = ({ since }: DeletedRow, before: string): boolean => since === null || since < before;

/** Purges a deleted load balancer, its own row last, when none of its amphorae and nothing in the cloud is left. */
export const purgeLoadBalancer = async (parts: PurgeParts, id: string, found: DeletedRow): Promise<Purged> => {
  const rows = await listPartition(id);
  const amphorae = rows.flatMap((row) => deletedAmphora(row) ?? []);
  const outcomes: Purged[] = [];
  for (const amphora of amphorae) {
    outcomes.push(isOld(amphora, parts.amphoraeBefore) ? await purgeAmphora(parts, amphora) : 'kept');
  }
  const entries = (await listPartition(id)).flatMap((row) => ledgerEntry(row) ?? []);
  if (outcomes.includes('kept') || !(await settleLedger(parts, found.key, entries))) {
    await noteSignOfLife(found.key, parts.now);
    return 'kept';
  }
  if (outcomes.includes('busy')) return 'busy';
  await purgeStatistics(id);
  return (await purgeLoadBalancerRow(found)) ? 'purged' : 'busy';
};

/** Purges an entry of the ledger whose owner never came to be. */
export const purgeEntry = async (parts: PurgeParts, found: DeletedRow): Promise<Purged> => {
  const entry = ledgerEntry(found);
  if (entry === null) return 'busy';
  if (entry.loadbalancer_id !== null && (await findLoadBalancer(entry.loadbalancer_id)) !== null) {
    await leaveToOwner(found.key);
    return 'owned';
  }
  if (await settleLedger(parts, found.key, [entry])) return 'purged';
  await noteSignOfLife(found.key, parts.now);
  return 'kept';
};
