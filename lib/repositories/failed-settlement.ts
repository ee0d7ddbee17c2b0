import { type FlowInput, OperationStatus } from '../models/operation.ts';
import type { ProvisioningStatus } from '../models/statuses.ts';
import { failRows } from './change-settlements.ts';
import { settle } from './settlements.ts';
import { unstageRows } from './staged-rows.ts';
import { readTree } from './trees.ts';

/**
 * Ends a failed operation on a load balancer: what was to come or to change carries ERROR, also rows that had yet to be
 * written out, the load balancer gets the given status, and its lock is released. May be done again.
 * @throws OperationSuperseded
 */
export const settleFailed = async (flow: FlowInput, provisioningStatus: ProvisioningStatus): Promise<void> => {
  await unstageRows(flow);
  await failRows(flow, await readTree(String(flow.loadbalancer_id)));
  await settle(flow, { changes: { provisioning_status: provisioningStatus }, outcome: OperationStatus.FAILED });
};
