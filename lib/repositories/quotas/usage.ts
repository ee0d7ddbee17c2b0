import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CHILD_KINDS, KINDS } from '../../models/objects/kinds.ts';
import { numberOfEach, QUOTA_RESOURCES, type QuotaNumbers, type QuotaResource } from '../../models/objects/quota.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { logger } from '../../tools/logger.ts';
import { counterOf, FIRST_COUNTER, type QuotaRow, quotaRowOf } from '../rows/quota.ts';
import { documents, tableName } from '../table/client.ts';
import { setExpression, type UpdateExpression } from '../table/expressions.ts';
import { loadBalancerKey, quotaKey, RowType } from '../table/keys.ts';
import { queryAll, queryListed, readRow } from '../table/query.ts';

/*
 * How many objects a project has is counted once, when its first object is committed. From then on every transaction that
 * writes the first row of an object, or takes its row away, changes the counter too. So the counter cannot drift by itself;
 * what a restored backup or a hand in the table has done to it is found by counting again.
 */

const COUNTED: ReadonlyMap<string, QuotaResource> = new Map([
  [RowType.LOAD_BALANCER, 'load_balancer'],
  ...CHILD_KINDS.map((kind): [string, QuotaResource] => [KINDS[kind].row, KINDS[kind].quota]),
]);

/** Partitions that are counted at the same time. */
const PARTITIONS_AT_ONCE = 16;
/** Milliseconds after which the list of a project's load balancers is sure to have what was committed. */
const LISTED_AFTER = 5_000;
/** Milliseconds in which a refusal has the objects counted once at most. */
const RECOUNT_INTERVAL = 600_000;

const listedRow = z.object({ id: z.string() });
const countedRow = z.object({
  sk: z.string(),
  provisioning_status: z.string().nullish(),
  staged_operation_id: z.string().nullish(),
});

type Counts = Record<QuotaResource, number>;

/** Adds up one load balancer. @returns false while rows that count already are still to be written */
const addTree = async (loadBalancerId: string, counts: Counts): Promise<boolean> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(loadBalancerId).pk },
    ProjectionExpression: 'sk, provisioning_status, staged_operation_id',
    ConsistentRead: true,
  });
  let settled = true;
  for (const row of rows.map((found) => countedRow.parse(found))) {
    const resource = COUNTED.get(row.sk.split('#', 1)[0] ?? '');
    if (row.staged_operation_id) settled = false;
    if (resource === undefined || row.provisioning_status === ProvisioningStatus.DELETED) continue;
    counts[resource] += 1;
  }
  return settled;
};

/** A project's objects, counted, and whether nothing was on its way meanwhile, as far as can be seen. */
export const countObjects = async (
  projectId: string,
): Promise<{ readonly counts: QuotaNumbers; readonly settled: boolean }> => {
  const counts: Counts = { ...numberOfEach(() => 0) };
  let settled = true;
  const ids = (await queryListed(RowType.LOAD_BALANCER, projectId, ['id'])).map((row) => listedRow.parse(row).id);
  for (let from = 0; from < ids.length; from += PARTITIONS_AT_ONCE) {
    const batch = ids.slice(from, from + PARTITIONS_AT_ONCE);
    const all = await Promise.all(batch.map((id) => addTree(id, counts)));
    settled &&= all.every((one) => one);
  }
  return { counts, settled };
};

const countersOf = (counts: QuotaNumbers) =>
  Object.fromEntries(QUOTA_RESOURCES.map((resource) => [counterOf(resource), counts[resource]]));

/** False when the condition refused it. */
const updateIf = async (
  projectId: string,
  attributes: Readonly<Record<string, unknown>>,
  { condition, values = {} }: { readonly condition: string; readonly values?: Readonly<Record<string, unknown>> },
): Promise<boolean> => {
  const update: UpdateExpression = setExpression(attributes);
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: quotaKey(projectId),
        ...update,
        ConditionExpression: condition,
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
  quotaRowOf(projectId, await readRow(quotaKey(projectId)));

/**
 * The same without any write: what nobody has counted yet is counted for this look alone.
 * @param anew also where it is counted, and nothing is on its way
 */
export const lookAtUsage = async (
  projectId: string,
  anew = false,
): Promise<QuotaRow & { readonly inUse: QuotaNumbers }> => {
  const row = await readUsage(projectId);
  if (row.inUse !== null && !anew) return { ...row, inUse: row.inUse };
  const { counts, settled } = await countObjects(projectId);
  return { ...row, inUse: settled || row.inUse === null ? counts : row.inUse };
};

/** Counts what a project has, if nobody has yet. */
export const beginCounting = async (projectId: string): Promise<void> => {
  const { counts } = await countObjects(projectId);
  const attributes = { project_id: projectId, ...countersOf(counts), usage_version: 1 };
  await updateIf(projectId, attributes, { condition: `attribute_not_exists(${FIRST_COUNTER})` });
};

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
    ...(wrong ? { ...countersOf(counts), usage_version: version + 1 } : {}),
  };
  const written = await updateIf(projectId, attributes, {
    condition: 'usage_version = :version',
    values: { ':version': version },
  });
  if (wrong && written) logger.warn('the quota counters were wrong', { project_id: projectId, was: inUse, is: counts });
  return wrong && written;
};

/** The same before a refusal, but not for each one. */
export const recountBeforeRefusal = async (projectId: string, { recountedAt }: QuotaRow): Promise<boolean> =>
  isPast(recountedAt, RECOUNT_INTERVAL) && (await recountUsage(projectId));
