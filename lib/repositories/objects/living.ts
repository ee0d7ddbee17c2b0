import * as z from 'zod';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { RowType } from '../table/keys.ts';
import { queryListed } from '../table/query.ts';

const identified = z.object({ id: z.string() });

/**
 * Nothing but the ids: whole rows of a large fleet are more than a function has memory for. A row that cannot be read ends the
 * sweep: without it, what it owns would look like an orphan, and be deleted.
 */
const listIds = async (type: RowType, status: string, deleted: string): Promise<readonly string[]> => {
  const rows = await queryListed(type, null, ['id'], {
    condition: '#status <> :deleted',
    names: { '#status': status },
    values: { ':deleted': deleted },
  });
  return rows.map((row) => identified.parse(row).id);
};

/** Of all load balancers that are not deleted, oldest first; the index lags a moment behind the rows. */
export const listLoadBalancerIds = async (): Promise<readonly string[]> =>
  await listIds(RowType.LOAD_BALANCER, 'provisioning_status', ProvisioningStatus.DELETED);

/** Of all amphorae that are not deleted; likewise. */
export const listAmphoraIds = async (): Promise<readonly string[]> =>
  await listIds(RowType.AMPHORA, 'status', AmphoraStatus.DELETED);
