import { QUOTA_RESOURCES, type Quota } from '../models/quota.ts';
import { quotas } from './entities/quota.ts';
import { INDEXES, quotaKey, RowType } from './table/keys.ts';

const limitsOf = (row: Quota): Quota => {
  const limits = QUOTA_RESOURCES.flatMap((resource) => {
    const limit = row[resource];
    return typeof limit === 'number' ? [[resource, limit] as const] : [];
  });
  return { project_id: row.project_id, ...Object.fromEntries(limits) };
};

/** A project's own limits, strongly consistent; none when it never had any. */
export const readQuota = async (projectId: string): Promise<Quota> => {
  const row = await quotas().get({ ...quotaKey(projectId) }, { consistent: true });
  return row === undefined ? { project_id: projectId } : limitsOf(row);
};

/** Replaces a project's own limits. */
export const writeQuota = async (quota: Quota): Promise<void> => {
  const listing = { type_key: RowType.QUOTA, sort_key: quota.project_id };
  await quotas().create({ ...limitsOf(quota), ...quotaKey(quota.project_id), ...listing }, { overwrite: true });
};

/** Back to the defaults. */
export const removeQuota = async (projectId: string): Promise<void> => {
  await quotas().delete({ ...quotaKey(projectId) });
};

/** The limits of all projects that have limits of their own. */
export const listQuotas = async (): Promise<readonly Quota[]> => {
  const rows = await quotas().query('type_key').eq(RowType.QUOTA).using(INDEXES.BY_TYPE).all().exec();
  return rows.map(limitsOf);
};
