import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { QUOTA_RESOURCES, type Quota, type QuotaNumbers, type QuotaResource } from '../../models/objects/quota.ts';
import { logger } from '../../tools/logger.ts';
import { counterOf, FIRST_COUNTER, type QuotaRow, quotaRowOf } from '../rows/quota.ts';
import { documents, tableName } from '../table/client.ts';
import { REMOVE, setExpression, type UpdateExpression } from '../table/expressions.ts';
import { quotaKey } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { countObjects } from './count-objects.ts';

/*
 * A project's objects are counted while something in it is limited. Every transaction that writes the first row of an
 * object, or takes its row away, then changes the counter too, so the counter cannot drift.
 *
 *   nothing is limited      no counters; creations do not meet at the row
 *   a limit comes           the next creation counts what is there, and notes that it is to be counted again (`recount_due_at`)
 *   some seconds later      a creation or deletion that began before the limit may still be written without the counter
 *   the recount is due      the next creation counts again first: by now all of those are written, or given up
 *   the last limit goes     the next creation removes the counters
 *
 * What a restored backup or a hand in the table has done to a counter is found by counting again.
 */

/** Milliseconds after which the list of a project's load balancers is sure to have what was committed. */
const LISTED_AFTER = 5_000;
/** Milliseconds after the first count in which creations may be written that know of no limit: a request lasts 29 s at most. */
const UNCOUNTED_UNTIL = 60_000;
/** Milliseconds until a recount is tried again that met objects on their way. */
const RECOUNT_AGAIN_AFTER = 10_000;
/** Milliseconds in which a refusal has the objects counted once at most. */
const RECOUNT_INTERVAL = 600_000;

/** A condition on a project's row. */
interface RowCondition {
  readonly condition: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The project's own limits of these resources are as they were read. */
export const limitsAre = (limits: Quota, resources: readonly QuotaResource[]): Required<RowCondition> => {
  const own = resources.filter((resource) => limits[resource] !== undefined);
  return {
    condition: resources
      .map((name) => (own.includes(name) ? `#limit_${name} = :limit_${name}` : `attribute_not_exists(#limit_${name})`))
      .join(' AND '),
    names: Object.fromEntries(resources.map((name) => [`#limit_${name}`, name])),
    values: Object.fromEntries(own.map((name) => [`:limit_${name}`, limits[name]])),
  };
};

const countersOf = (counts: QuotaNumbers) =>
  Object.fromEntries(QUOTA_RESOURCES.map((resource) => [counterOf(resource), counts[resource]]));

/** False when the condition refused it. */
const updateIf = async (
  projectId: string,
  attributes: Readonly<Record<string, unknown>>,
  { condition, names = {}, values = {} }: RowCondition,
): Promise<boolean> => {
  const update: UpdateExpression = setExpression(attributes);
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: quotaKey(projectId),
        ...update,
        ConditionExpression: condition,
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, ...names },
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...values },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** A project's limits and counters, strongly consistent. */
export const readUsage = async (projectId: string): Promise<QuotaRow> =>
  quotaRowOf(projectId, await findRow(quotaKey(projectId)));

/**
 * The same without any write: what is not counted is counted for this look alone.
 * @param recount also where it is counted, and nothing is on its way
 */
export const lookAtUsage = async (
  projectId: string,
  recount = false,
): Promise<QuotaRow & { readonly inUse: QuotaNumbers }> => {
  const row = await readUsage(projectId);
  if (row.inUse !== null && !recount) return { ...row, inUse: row.inUse };
  const { counts, settled } = await countObjects(projectId);
  return { ...row, inUse: settled || row.inUse === null ? counts : row.inUse };
};

/** Counts what a project has, unless it is counted. */
export const beginCounting = async (projectId: string, { version }: QuotaRow): Promise<void> => {
  const { counts } = await countObjects(projectId);
  const attributes = {
    project_id: projectId,
    ...countersOf(counts),
    usage_version: version + 1,
    recount_due_at: inFuture(UNCOUNTED_UNTIL),
  };
  await updateIf(projectId, attributes, { condition: `attribute_not_exists(${FIRST_COUNTER})` });
};

/** Removes the counters of a project in which nothing is limited. @returns false when its limits are others by now */
export const stopCounting = async (projectId: string, { limits, version }: QuotaRow): Promise<boolean> => {
  const counters = QUOTA_RESOURCES.map((resource) => [counterOf(resource), REMOVE] as const);
  // The version grows: a recount that began with these counters must not fit the next ones.
  const attributes = { ...Object.fromEntries(counters), usage_version: version + 1, recount_due_at: REMOVE };
  return await updateIf(projectId, attributes, limitsAre(limits, QUOTA_RESOURCES));
};

const inFuture = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();

const isPast = (moment: string | null, milliseconds: number): boolean =>
  moment === null || Date.now() - Date.parse(moment) >= milliseconds;

/**
 * Compares the counters with the objects, and puts them right where they differ. Nothing is done while objects come and go:
 * what was just committed may be in no list yet.
 * @returns true when they were wrong
 */
export const recountUsage = async (projectId: string): Promise<boolean> => {
  const { inUse, version, changedAt } = await readUsage(projectId);
  if (inUse === null || !isPast(changedAt, LISTED_AFTER)) return false;
  const { counts, settled } = await countObjects(projectId);
  if (!settled) return false;
  const wrong = QUOTA_RESOURCES.some((resource) => counts[resource] !== inUse[resource]);
  const attributes = {
    recounted_at: new Date().toISOString(),
    recount_due_at: REMOVE,
    ...(wrong ? { ...countersOf(counts), usage_version: version + 1 } : {}),
  };
  const written = await updateIf(projectId, attributes, {
    condition: 'usage_version = :version',
    values: { ':version': version },
  });
  if (wrong && written) logger.warn('quota counters corrected', { project_id: projectId, was: inUse, is: counts });
  return wrong && written;
};

/** The same when it is due; put off where it cannot be done now. @returns true when it was due */
export const recountWhenDue = async (projectId: string, { recountDueAt }: QuotaRow): Promise<boolean> => {
  if (recountDueAt === null || recountDueAt > new Date().toISOString()) return false;
  await recountUsage(projectId);
  await updateIf(
    projectId,
    { recount_due_at: inFuture(RECOUNT_AGAIN_AFTER) },
    { condition: 'recount_due_at = :due', values: { ':due': recountDueAt } },
  );
  return true;
};

/** The same before a refusal, but not for each one. */
export const recountBeforeRefusal = async (projectId: string, { recountedAt }: QuotaRow): Promise<boolean> =>
  isPast(recountedAt, RECOUNT_INTERVAL) && (await recountUsage(projectId));
