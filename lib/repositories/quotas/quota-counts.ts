import { DryRunEnded, isDryRun } from '../../context/dry-run.ts';
import { ProjectBusyError, QuotaExceededError } from '../../errors/quota.ts';
import {
  type Quota,
  type QuotaAmounts,
  type QuotaResource,
  quotaName,
  resourcesIn,
} from '../../models/objects/quota.ts';
import { logger } from '../../tools/logger.ts';
import { type QuotaRow, quotaRowOf } from '../rows/quota.ts';
import { undecided } from '../table/outage.ts';
import { type Refusal, type TransactItem, transact } from '../table/transact.ts';
import { givingItem, isLimited, limitOf, limitsHold, moreOf, type QuotaDemand, takingItem } from './counter-items.ts';
import { beginCounting, lookAtUsage, readUsage, recountBeforeRefusal, recountWhenDue, stopCounting } from './usage.ts';

/*
 * Which of two requests gets the last place:
 *
 *   a commits: "at most 9, and the limit is 10" holds; the counter is 10
 *                        b commits: it does not hold; b finds 10 of 10, and is refused
 *
 * The counter and the object's row are written by one transaction, so there is never one without the other.
 */

/** Once for the first count, once for a limit that changes, and a few for concurrent changes of it. */
const ATTEMPTS = 10;

/** What the project may have no more of. */
const metBy = (row: QuotaRow, demand: QuotaDemand): readonly QuotaResource[] =>
  resourcesIn(demand.takes).filter((resource) => {
    const [limit, more] = [limitOf(row.limits, resource), moreOf(demand, resource)];
    return limit >= 0 && more > 0 && (row.inUse?.[resource] ?? 0) + more > limit;
  });

/**
 * Whether there is room as far as can be seen now: the commit decides.
 * @throws QuotaExceededError naming every resource that is at its limit
 */
export const checkQuota = async (demand: QuotaDemand): Promise<void> => {
  const row = await readUsage(demand.projectId);
  if (isLimited(row.limits)) await roomFor(demand, await countedRow(demand.projectId, row));
};

/** The row with its counters; what is not counted yet is from now on, or for this look alone in a dry run. */
const countedRow = async (projectId: string, row: QuotaRow): Promise<QuotaRow> => {
  if (row.inUse !== null) return row;
  if (isDryRun()) return await lookAtUsage(projectId);
  await beginCounting(projectId, row);
  return await readUsage(projectId);
};

/** @returns the row that has room; read again when its counters were wrong @throws QuotaExceededError */
const roomFor = async (demand: QuotaDemand, row: QuotaRow): Promise<QuotaRow> => {
  const met = metBy(row, demand);
  if (met.length === 0) return row;
  const { projectId } = demand;
  const looked = isDryRun() ? await lookAtUsage(projectId, true) : null;
  if (looked !== null && metBy(looked, demand).length === 0) return looked;
  if (looked === null && (await recountBeforeRefusal(projectId, row)))
    return await roomFor(demand, await readUsage(projectId));
  throw new QuotaExceededError(projectId, met.map(quotaName));
};

/** The counters are only looked at; they refuse after everything else, as in the transaction. */
const dryRunTaking = async (demand: QuotaDemand, items: readonly TransactItem[]): Promise<Refusal | null> => {
  try {
    return await untilBusy(demand.projectId, items);
  } catch (error) {
    if (error instanceof DryRunEnded && limitsHold()) await roomFor(demand, await lookAtUsage(demand.projectId));
    throw error;
  }
};

const MOST_REMEMBERED = 1_000;
/** The limits of projects that have some, as they were seen last: saves a read where they have not changed, and decides nothing. */
const limited = new Map<string, Quota>();

const remember = (limits: Quota): void => {
  if (limited.size >= MOST_REMEMBERED) limited.clear();
  if (isLimited(limits)) limited.set(limits.project_id, limits);
  else limited.delete(limits.project_id);
};

/** A project's limits; read where none are remembered. What is counted and no longer limited is counted no more from now on. */
const limitsOf = async (projectId: string): Promise<Quota> => {
  for (;;) {
    const known = limited.get(projectId);
    if (known !== undefined) return known;
    const row = await readUsage(projectId);
    remember(row.limits);
    if (isLimited(row.limits) || row.inUse === null || (await stopCounting(projectId, row))) return row.limits;
  }
};

/** Makes a row that refused a taking one that may take it. @throws QuotaExceededError */
const prepareRow = async (demand: QuotaDemand, refused: QuotaRow): Promise<void> => {
  const { projectId } = demand;
  if (!isLimited(refused.limits)) return;
  const counted = await countedRow(projectId, refused);
  const row = await roomFor(demand, (await recountWhenDue(projectId, counted)) ? await readUsage(projectId) : counted);
  remember(row.limits);
};

/**
 * Writes all or nothing, with what it takes of the project's quota where something is limited. Answers as `transact` does, for the
 * given items.
 * @throws QuotaExceededError naming every resource that is at its limit
 * @throws ProjectBusyError others write at the same rows all the time
 */
export const transactTaking = async (demand: QuotaDemand, items: readonly TransactItem[]): Promise<Refusal | null> => {
  const { projectId } = demand;
  if (resourcesIn(demand.takes).length === 0) return await transact(items);
  if (isDryRun()) return await dryRunTaking(demand, items);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const limits = await limitsOf(projectId);
    const counted = isLimited(limits) ? [takingItem(demand, limits)] : [];
    const refusal = await untilBusy(projectId, [...items, ...counted]);
    if (refusal === null || refusal.index < items.length) return refusal;
    const row = quotaRowOf(projectId, refusal.found);
    remember(row.limits);
    await prepareRow(demand, row);
  }
  throw new ProjectBusyError(projectId);
};

const untilBusy = async (projectId: string, items: readonly TransactItem[]): Promise<Refusal | null> => {
  try {
    return await transact(items);
  } catch (error) {
    if (undecided(error) === 'conflict') throw new ProjectBusyError(projectId, error);
    throw error;
  }
};

const atMost = (amounts: QuotaAmounts, { inUse }: QuotaRow): QuotaAmounts =>
  Object.fromEntries(resourcesIn(amounts).map((name) => [name, Math.min(amounts[name] ?? 0, inUse?.[name] ?? 0)]));

/**
 * Writes all or nothing, with what it gives back to the project's quota where it is counted. The items must be such that they are
 * written once only. Answers as `transact` does, for the given items.
 */
export const transactGiving = async (
  projectId: string,
  gives: QuotaAmounts,
  items: readonly TransactItem[],
): Promise<Refusal | null> => {
  if (resourcesIn(gives).length === 0) return await transact(items);
  let row = await readUsage(projectId);
  for (;;) {
    const given = atMost(gives, row);
    // Giving must not fail for a counter that is too low; the next count puts it right.
    if (row.inUse !== null && resourcesIn(gives).some((name) => given[name] !== gives[name]))
      logger.warn('the quota counter is lower than the objects being removed', {
        project_id: projectId,
        in_use: row.inUse,
        gives,
      });
    if (resourcesIn(given).length === 0) return await transact(items);
    const refusal = await transact([...items, givingItem(projectId, given)]);
    if (refusal === null || refusal.index < items.length) return refusal;
    row = quotaRowOf(projectId, refusal.found);
  }
};
