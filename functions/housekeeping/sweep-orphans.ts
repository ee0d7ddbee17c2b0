import type { Context } from 'aws-lambda';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { type CloudThing, listCloudThings } from '../../lib/drivers/inventory/inventory.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { ExternalResourceKind, ResourceOwner } from '../../lib/models/external-resource.ts';
import { ownerByName } from '../../lib/models/name-owners.ts';
import { ownership, recordSighting } from '../../lib/repositories/cloud/orphans.ts';
import { listAmphoraIds, listLoadBalancerIds } from '../../lib/repositories/objects/living.ts';
import { housekeepingConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** So many are answered; the log has all of them. */
const ANSWERED = 200;
/** What is not looked at with so little time left, another sweep looks at. */
const RESERVE_MS = 30_000;

export interface Orphan extends CloudThing {
  /** ISO 8601, UTC. */
  readonly first_seen: string;
  readonly outcome: 'quarantined' | 'reported' | 'deleted' | 'failed';
}

export interface Sweep {
  readonly orphans: readonly Orphan[];
  /** Under a name like ours, of an owner this table has never had: another installation's, and left alone. */
  readonly unknown: readonly CloudThing[];
}

const remove: Readonly<Record<ExternalResourceKind, (id: string) => Promise<void>>> = {
  server: (id) => computeDriver().deleteServer(id),
  port: (id) => networkDriver().deletePort(id),
  security_group: (id) => networkDriver().deleteSecurityGroup(id),
  server_group: (id) => computeDriver().deleteServerGroup(id),
};

/** All existing ids of the index: most of the cloud belongs to them, and needs no closer look. */
const livingIds = async (): Promise<ReadonlySet<string>> => {
  const [loadBalancers, amphorae] = await Promise.all([listLoadBalancerIds(), listAmphoraIds()]);
  return new Set([...loadBalancers, ...amphorae]);
};

const treat = async (thing: CloudThing, forget: (thing: CloudThing) => Promise<void>): Promise<Orphan> => {
  const { orphanQuarantine, orphanSweepDelete } = housekeepingConfig();
  const first_seen = await recordSighting(thing.kind, thing.id, thing.name);
  if (Date.now() - Date.parse(first_seen) < orphanQuarantine * 1000) {
    return { ...thing, first_seen, outcome: 'quarantined' };
  }
  if (!orphanSweepDelete) return { ...thing, first_seen, outcome: 'reported' };
  try {
    await remove[thing.kind](thing.id);
    await forget(thing);
    return { ...thing, first_seen, outcome: 'deleted' };
  } catch (error) {
    // In use, perhaps by another orphan that goes first: the next sweep tries again.
    logger.error('deletion of an orphan failed; the next sweep retries it', { ...thing, error: String(error) });
    return { ...thing, first_seen, outcome: 'failed' };
  }
};

interface Suspect {
  readonly thing: CloudThing;
  readonly owner: ResourceOwner;
}

/** Resources under the project's names whose owner does not exist. */
const suspectsAmong = (things: readonly CloudThing[], living: ReadonlySet<string>): readonly Suspect[] =>
  things.flatMap((thing) => {
    const owner = ownerByName(thing.kind, thing.name);
    if (owner === null || living.has(owner.loadbalancer_id ?? owner.amphora_id ?? '')) return [];
    return [{ thing, owner }];
  });

/** More than a sweep may have time for begin anywhere, so that none is always among those that are left. */
const inTurn = (suspects: readonly Suspect[]): readonly Suspect[] => {
  const from = suspects.length > ANSWERED ? Math.floor(Math.random() * suspects.length) : 0;
  return [...suspects.slice(from), ...suspects.slice(0, from)];
};

/**
 * Finds what is in the cloud under our names and has no owner any more, notes when it was first seen, and deletes it after
 * a quarantine where the settings ask for it; else it is only reported.
 */
export const handler = unlessFrozen(async (_event: unknown, context: Context): Promise<Sweep> => {
  // The cloud first: whatever was made for an owner after it is not in the list.
  const things = await listCloudThings();
  const living = await livingIds();
  const owners = ownership();
  const orphans: Orphan[] = [];
  const unknown: CloudThing[] = [];
  const suspects = suspectsAmong(things, living);
  let left = suspects.length;
  for (const { thing, owner } of inTurn(suspects)) {
    if (context.getRemainingTimeInMillis() < RESERVE_MS) break;
    left -= 1;
    const owned = await owners.of(owner, thing);
    if (owned === 'unknown') unknown.push(thing);
    if (owned !== 'orphan') continue;
    const orphan = await treat(thing, owners.forget);
    orphans.push(orphan);
    logger.warn('orphan', { ...orphan });
  }
  logger.info('sweep of orphans', { things: things.length, orphans: orphans.length, unknown: unknown.length, left });
  return { orphans: orphans.slice(0, ANSWERED), unknown: unknown.slice(0, ANSWERED) };
});
