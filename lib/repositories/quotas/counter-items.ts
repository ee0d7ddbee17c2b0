import {
  QUOTA_RESOURCES,
  type Quota,
  type QuotaAmounts,
  type QuotaResource,
  resourcesIn,
} from '../../models/objects/quota.ts';
import { apiConfig, quotaConfig } from '../../settings/config.ts';
import { counterOf, FIRST_COUNTER } from '../rows/quota.ts';
import { quotaKey } from '../table/keys.ts';
import { inTable, type TransactItem } from '../table/transact.ts';
import { limitsAre } from './usage.ts';

export interface QuotaDemand {
  readonly projectId: string;
  /** Objects that come. */
  readonly takes: QuotaAmounts;
  /** Objects that this same change marks for deletion: the new ones may have their places. They count until they are gone. */
  readonly replaces?: QuotaAmounts;
}

/** -1 for any number. */
export const limitOf = (limits: Quota, resource: QuotaResource): number => limits[resource] ?? quotaConfig()[resource];

/** Without authentication, nothing has a limit. */
export const limitsHold = (): boolean => apiConfig().authStrategy !== 'noauth';

/** A project's objects are counted while one kind of them is limited. */
export const isLimited = (limits: Quota): boolean =>
  limitsHold() && QUOTA_RESOURCES.some((resource) => limitOf(limits, resource) >= 0);

export const moreOf = ({ takes, replaces = {} }: QuotaDemand, resource: QuotaResource): number =>
  (takes[resource] ?? 0) - (replaces[resource] ?? 0);

interface CountingConditions {
  readonly conditions: readonly string[];
  readonly names?: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

const counting = (
  projectId: string,
  amounts: QuotaAmounts,
  sign: '+' | '-',
  { conditions, names, values }: CountingConditions,
): TransactItem => {
  const resources = resourcesIn(amounts);
  const sets = resources.map((resource) => `${counterOf(resource)} = ${counterOf(resource)} ${sign} :n_${resource}`);
  return {
    Update: {
      ...inTable(),
      Key: quotaKey(projectId),
      UpdateExpression: `SET ${[...sets, 'usage_version = usage_version + :one', 'usage_changed_at = :now'].join(', ')}`,
      ConditionExpression: conditions.join(' AND '),
      ...(names && { ExpressionAttributeNames: names }),
      ExpressionAttributeValues: {
        ...Object.fromEntries(resources.map((resource) => [`:n_${resource}`, amounts[resource]])),
        ':one': 1,
        ':now': new Date().toISOString(),
        ...values,
      },
    },
  };
};

/** Counted, no recount is due, the limits are as they are believed to be, and there is room for what is taken. */
export const takingItem = (demand: QuotaDemand, limits: Quota): TransactItem => {
  const resources = resourcesIn(demand.takes);
  const rooms = resources
    .map((resource) => ({ resource, limit: limitOf(limits, resource), more: moreOf(demand, resource) }))
    .filter(({ limit, more }) => limit >= 0 && more > 0);
  const { condition, names, values } = limitsAre(limits, resources);
  return counting(demand.projectId, demand.takes, '+', {
    conditions: [
      `attribute_exists(${FIRST_COUNTER})`,
      '(attribute_not_exists(recount_due_at) OR recount_due_at > :now)',
      condition,
      ...rooms.map(({ resource }) => `${counterOf(resource)} <= :room_${resource}`),
    ],
    names,
    values: {
      ...values,
      ...Object.fromEntries(rooms.map(({ resource, limit, more }) => [`:room_${resource}`, limit - more])),
    },
  });
};

/** At least as many are counted as go. */
export const givingItem = (projectId: string, given: QuotaAmounts): TransactItem =>
  counting(projectId, given, '-', {
    conditions: resourcesIn(given).map((resource) => `${counterOf(resource)} >= :n_${resource}`),
  });
