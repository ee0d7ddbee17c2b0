import * as z from 'zod';
import { CHILD_KINDS, KINDS } from '../../models/objects/kinds.ts';
import { numberOfEach, type QuotaNumbers, type QuotaResource } from '../../models/objects/quota.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { loadBalancerKey, RowType } from '../table/keys.ts';
import { queryAll, queryListed } from '../table/query.ts';

const COUNTED: ReadonlyMap<string, QuotaResource> = new Map([
  [RowType.LOAD_BALANCER, 'load_balancer'],
  ...CHILD_KINDS.map((kind): [string, QuotaResource] => [KINDS[kind].row, KINDS[kind].quota]),
]);

/** Partitions that are counted at the same time. */
const PARTITIONS_AT_ONCE = 16;

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
