import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { isRehearsed, RehearsalEnded } from '../../context/rehearsal.ts';
import { ProjectBusyError, QuotaExceededError } from '../../errors/quota.ts';
import {
  type Quota,
  type QuotaAmounts,
  type QuotaResource,
  quotaName,
  resourcesIn,
} from '../../models/objects/quota.ts';
import { apiConfig, quotaConfig } from '../../settings/config.ts';
import { logger } from '../../tools/logger.ts';
import { counterOf, FIRST_COUNTER, type QuotaRow, quotaRowOf } from '../rows/quota.ts';
import { quotaKey } from '../table/keys.ts';
import { inTable, isConflict, type Refusal, type TransactItem, transact } from '../table/transact.ts';
import { beginCounting, lookAtUsage, readUsage, recountBeforeRefusal } from './usage.ts';

/*
 * Who gets the last place, when two ask for it:
 *
 *   a commits: "at most 9, and the limit is 10" holds; the counter is 10
 *                        b commits: it does not hold; b finds 10 of 10, and is refused
 *
 * The counter and the object's row are written by one transaction, so there is never one without the other.
 */

export interface QuotaDemand {
  readonly projectId: string;
  /** Objects that come. */
  readonly takes: QuotaAmounts;
  /** Objects that this same change marks for deletion: the new ones may have their places. They count until they are gone. */
  readonly replaces?: QuotaAmounts;
}

/** Once for the first count, once for a limit that changes, and a few for those who change it again. */
const ATTEMPTS = 10;

/** -1 for any number. */
const limitOf = (limits: Quota, resource: QuotaResource): number => limits[resource] ?? quotaConfig()[resource];

/** Where nobody is asked who they are, nothing has a limit. */
const limitsHold = (): boolean => apiConfig().authStrategy !== 'noauth';

const moreOf = ({ takes, replaces = {} }: QuotaDemand, resource: QuotaResource): number =>
  (takes[resource] ?? 0) - (replaces[resource] ?? 0);

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
  if (limitsHold()) await roomFor(demand, await readUsage(demand.projectId));
};

/** @returns the row that has room; read anew when its counters were wrong @throws QuotaExceededError */
const roomFor = async (demand: QuotaDemand, row: QuotaRow): Promise<QuotaRow> => {
  const met = metBy(row, demand);
  if (met.length === 0) return row;
  const { projectId } = demand;
  const looked = isRehearsed() ? await lookAtUsage(projectId, true) : null;
  if (looked !== null && metBy(looked, demand).length === 0) return looked;
  if (looked === null && (await recountBeforeRefusal(projectId, row)))
    return await roomFor(demand, await readUsage(projectId));
  throw new QuotaExceededError(projectId, met.map(quotaName));
};

const counting = (
  projectId: string,
  amounts: QuotaAmounts,
  sign: '+' | '-',
  { conditions, values = {} }: { readonly conditions: readonly string[]; readonly values?: Record<string, unknown> },
): TransactItem => {
  const resources = resourcesIn(amounts);
  const sets = resources.map((resource) => `${counterOf(resource)} = ${counterOf(resource)} ${sign} :n_${resource}`);
  return {
    Update: {
      ...inTable(),
      Key: quotaKey(projectId),
      UpdateExpression: `SET ${[...sets, 'usage_version = usage_version + :one', 'usage_changed_at = :now'].join(', ')}`,
      ConditionExpression: conditions.join(' AND '),
      ...(conditions.some((condition) => condition.includes('#limit_'))
        ? { ExpressionAttributeNames: Object.fromEntries(resources.map((name) => [`#limit_${name}`, name])) }
        : {}),
      ExpressionAttributeValues: {
        ...Object.fromEntries(resources.map((resource) => [`:n_${resource}`, amounts[resource]])),
        ':one': 1,
        ':now': new Date().toISOString(),
        ...values,
      },
    },
  };
};

/** Counted, the limits as they are believed to be, and room for what is taken. */
const takingItem = (demand: QuotaDemand, limits: Quota): TransactItem => {
  const conditions = [`attribute_exists(${FIRST_COUNTER})`];
  const values: Record<string, unknown> = {};
  for (const resource of limitsHold() ? resourcesIn(demand.takes) : []) {
    const [own, limit, more] = [limits[resource], limitOf(limits, resource), moreOf(demand, resource)];
    if (own === undefined) conditions.push(`attribute_not_exists(#limit_${resource})`);
    else {
      conditions.push(`#limit_${resource} = :limit_${resource}`);
      values[`:limit_${resource}`] = own;
    }
    if (limit < 0 || more <= 0) continue;
    conditions.push(`${counterOf(resource)} <= :room_${resource}`);
    values[`:room_${resource}`] = limit - more;
  }
  return counting(demand.projectId, demand.takes, '+', { conditions, values });
};

/** The counters are only looked at; they refuse after everything else, as in the transaction. */
const rehearsedTaking = async (demand: QuotaDemand, items: readonly TransactItem[]): Promise<Refusal | null> => {
  try {
    return await untilBusy(demand.projectId, items);
  } catch (error) {
    if (error instanceof RehearsalEnded && limitsHold()) await roomFor(demand, await lookAtUsage(demand.projectId));
    throw error;
  }
};

const MOST_REMEMBERED = 1_000;
/** Projects' own limits as they were seen last: saves a read where they have not changed, and decides nothing. */
const seen = new Map<string, Quota>();

const remember = (limits: Quota): void => {
  if (seen.size >= MOST_REMEMBERED) seen.clear();
  seen.set(limits.project_id, limits);
};

/**
 * Writes all or nothing, with what it takes of the project's quota. Answers as `transact` does, for the given items.
 * @throws QuotaExceededError naming every resource that is at its limit
 * @throws ProjectBusyError others write at the same rows all the time
 */
export const transactTaking = async (demand: QuotaDemand, items: readonly TransactItem[]): Promise<Refusal | null> => {
  const { projectId } = demand;
  if (resourcesIn(demand.takes).length === 0) return await transact(items);
  if (isRehearsed()) return await rehearsedTaking(demand, items);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const limits = seen.get(projectId) ?? { project_id: projectId };
    const refusal = await untilBusy(projectId, [...items, takingItem(demand, limits)]);
    if (refusal === null || refusal.index < items.length) return refusal;
    let row = quotaRowOf(projectId, refusal.found);
    if (row.inUse === null) {
      await beginCounting(projectId);
      row = await readUsage(projectId);
    }
    if (limitsHold()) row = await roomFor(demand, row);
    remember(row.limits);
  }
  throw new ProjectBusyError(projectId);
};

const untilBusy = async (projectId: string, items: readonly TransactItem[]): Promise<Refusal | null> => {
  try {
    return await transact(items);
  } catch (error) {
    if (error instanceof TransactionCanceledException && isConflict(error))
      throw new ProjectBusyError(projectId, error);
    throw error;
  }
};

const atMost = (amounts: QuotaAmounts, { inUse }: QuotaRow): QuotaAmounts =>
  Object.fromEntries(resourcesIn(amounts).map((name) => [name, Math.min(amounts[name] ?? 0, inUse?.[name] ?? 0)]));

/**
 * Writes all or nothing, with what it gives back to the project's quota. The items must be such that they are written once
 * only. Answers as `transact` does, for the given items.
 */
export const transactGiving = async (
  projectId: string,
  gives: QuotaAmounts,
  items: readonly TransactItem[],
): Promise<Refusal | null> => {
  let given = gives;
  for (;;) {
    const resources = resourcesIn(given);
    if (resources.length === 0) return await transact(items);
    const conditions = resources.map((resource) => `${counterOf(resource)} >= :n_${resource}`);
    const refusal = await transact([...items, counting(projectId, given, '-', { conditions })]);
    if (refusal === null || refusal.index < items.length) return refusal;
    const row = quotaRowOf(projectId, refusal.found);
    if (row.inUse === null) await beginCounting(projectId);
    else {
      // Less was counted than there is. Going away must not fail for it; the next count puts it right.
      logger.warn('less was counted than goes', { project_id: projectId, in_use: row.inUse, gives });
      given = atMost(gives, row);
    }
  }
};
