import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { endDryRun } from '../../context/dry-run.ts';
import { QUOTA_RESOURCES, type Quota, type QuotaResource } from '../../models/objects/quota.ts';
import { quotaRowOf } from '../rows/quota.ts';
import { documents, tableName } from '../table/client.ts';
import { REMOVE, setExpression } from '../table/expressions.ts';
import { quotaKey, RowType } from '../table/keys.ts';
import { findRow, queryListed } from '../table/query.ts';

/** Limits to be changed: a number, null for the default, absent for as it is. */
export type QuotaChanges = Readonly<Partial<Record<QuotaResource, number | null | undefined>>>;

/** A project's own limits, strongly consistent; none when it never had any. */
export const readQuota = async (projectId: string): Promise<Quota> =>
  quotaRowOf(projectId, await findRow(quotaKey(projectId))).limits;

const write = async (projectId: string, attributes: Readonly<Record<string, unknown>>): Promise<Quota> => {
  const update = {
    TableName: tableName(),
    Key: quotaKey(projectId),
    ...setExpression({ project_id: projectId, ...attributes }),
  };
  endDryRun({ items: [{ Update: update }] });
  const { Attributes } = await documents().send(new UpdateCommand({ ...update, ReturnValues: 'ALL_NEW' }));
  return quotaRowOf(projectId, Attributes).limits;
};

/** Changes some of a project's own limits, and answers all of them. What two requests change at once, both change. */
export const changeQuota = async (projectId: string, changes: QuotaChanges): Promise<Quota> =>
  await write(projectId, {
    ...Object.fromEntries(
      Object.entries(changes).map(([resource, limit]) => [resource, limit === null ? REMOVE : limit]),
    ),
    type_key: RowType.QUOTA,
    sort_key: projectId,
  });

/** Back to the defaults. */
export const removeQuota = async (projectId: string): Promise<void> => {
  const none = QUOTA_RESOURCES.map((resource) => [resource, REMOVE]);
  await write(projectId, { ...Object.fromEntries(none), type_key: REMOVE, sort_key: REMOVE });
};

/** The limits of all projects that have limits of their own. */
export const listQuotas = async (): Promise<readonly Quota[]> =>
  (await queryListed(RowType.QUOTA, null)).map((row) => quotaRowOf(String(row.project_id), row).limits);
