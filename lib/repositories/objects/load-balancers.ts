import { LBNotFound } from '../../errors/not-found.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { loadBalancerRow } from '../rows/load-balancer.ts';
import { loadBalancerKey, RowType } from '../table/keys.ts';
import { findRow, queryListed, type Walk, walkListed } from '../table/query.ts';
import { readable, readableOne } from '../table/readable.ts';

/** The load balancer as committed last, or null. Deleted ones are answered too: they are kept for a while. */
export const findLoadBalancer = async (id: string): Promise<LoadBalancer | null> => {
  const row = await findRow(loadBalancerKey(id));
  return row === null ? null : loadBalancerRow.parse(row);
};

/** @throws LBNotFound */
export const getLoadBalancer = async (id: string): Promise<LoadBalancer> => {
  const found = await findLoadBalancer(id);
  if (found === null) throw new LBNotFound(id);
  return found;
};

const isPresent = ({ provisioning_status }: LoadBalancer): boolean =>
  provisioning_status !== ProvisioningStatus.DELETED;

/** Load balancers that are not deleted, oldest first; of one project, or of all when null. */
export const listLoadBalancers = async (projectId: string | null): Promise<readonly LoadBalancer[]> =>
  readable(loadBalancerRow, await queryListed(RowType.LOAD_BALANCER, projectId)).filter(isPresent);

/** The same in the order of their creation, read as far as they are asked for. */
export async function* walkLoadBalancers(projectId: string | null, walk: Walk): AsyncGenerator<LoadBalancer> {
  for await (const row of walkListed(RowType.LOAD_BALANCER, projectId, walk)) {
    const loadBalancer = readableOne(loadBalancerRow, row);
    if (loadBalancer !== null && isPresent(loadBalancer)) yield loadBalancer;
  }
}
