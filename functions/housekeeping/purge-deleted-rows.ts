import type { Context } from 'aws-lambda';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { type DeletedRow, deletedAmphora, listDeleted } from '../../lib/repositories/cloud/deleted-rows.ts';
import { RowType, Work } from '../../lib/repositories/table/keys.ts';
import { housekeepingConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { type Purged, type PurgeParts, purgeAmphora, purgeEntry, purgeLoadBalancer } from '../../lib/upkeep/purge.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** Rows of one kind in one round; the next round continues. */
const AT_ONCE = 200;
/** What is not begun with so little time left, the next round begins with. */
const RESERVE_MS = 20_000;

const purge = async (parts: PurgeParts, found: DeletedRow): Promise<Purged> => {
  if (found.key.sk === RowType.LOAD_BALANCER) {
    return await purgeLoadBalancer(parts, found.key.pk.slice(found.key.pk.indexOf('#') + 1), found);
  }
  const amphora = deletedAmphora(found);
  return amphora === null ? await purgeEntry(parts, found) : await purgeAmphora(parts, amphora);
};

/**
 * Purges what was deleted long ago: amphorae first, then load balancers with all that hangs on them, then entries of the
 * ledger whose owner never came to be. What shows a sign of life is kept. In pieces: it may die at any point, and be done
 * again, late, or beside another one.
 */
export const handler = unlessFrozen(
  async (_event: unknown, context: Context): Promise<Readonly<Record<Purged, number>>> => {
    const { amphoraExpiryAge, loadBalancerExpiryAge } = housekeepingConfig();
    const now = new Date();
    const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
    const parts: PurgeParts = {
      cloud: { compute: computeDriver(), network: networkDriver() },
      now: now.toISOString(),
      amphoraeBefore: ago(amphoraExpiryAge),
    };
    const counts = { purged: 0, kept: 0, busy: 0, owned: 0 };
    const failures: unknown[] = [];
    for (const [work, before] of [
      [Work.DELETED_AMPHORA, parts.amphoraeBefore],
      [Work.DELETED, ago(loadBalancerExpiryAge)],
      [Work.UNOWNED, ago(loadBalancerExpiryAge)],
    ] as const) {
      for (const found of await listDeleted(work, before, AT_ONCE)) {
        if (context.getRemainingTimeInMillis() < RESERVE_MS) break;
        try {
          const outcome = await purge(parts, found);
          counts[outcome] += 1;
          if (outcome === 'kept') logger.warn('deleted row kept', { ...found.key, since: found.since });
        } catch (error) {
          // One that cannot be purged must not keep the others waiting.
          logger.error('purge of a deleted row failed; the next run retries it', {
            ...found.key,
            error: String(error),
          });
          failures.push(error);
        }
      }
    }
    logger.info('purge of deleted rows', counts);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} purges of deleted rows failed`);
    return counts;
  },
);
