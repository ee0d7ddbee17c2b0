import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { type FlowInput, OperationStatus } from '../../models/operations/operation.ts';
import { AmphoraStatus, type ProvisioningStatus } from '../../models/statuses.ts';
import { statusOf } from '../objects/children.ts';
import { unstageRows } from '../objects/staged-rows.ts';
import { readTree } from '../objects/trees.ts';
import { writeFenced } from '../operations/fence.ts';
import { setExpression } from '../table/expressions.ts';
import { amphoraKey } from '../table/keys.ts';
import { inTable } from '../table/transact.ts';
import { failRows } from './change-settlements.ts';
import { settle } from './settlements.ts';

const LASTING: readonly AmphoraStatus[] = [AmphoraStatus.ALLOCATED, AmphoraStatus.DELETED, AmphoraStatus.ERROR];

/** What was leaving, or could not be taken back, is in ERROR: it can be deleted, and goes with the next failover. */
const failAmphorae = async (flow: FlowInput, { amphorae }: LoadBalancerTree): Promise<void> => {
  const open = amphorae.filter(({ status }) => !LASTING.includes(status));
  const writes = open.map(({ id }) => ({
    Update: {
      ...inTable(),
      Key: amphoraKey(id, flow.loadbalancer_id),
      ...setExpression({
        status: AmphoraStatus.ERROR,
        ...statusOf(flow.operation_id),
        updated_at: new Date().toISOString(),
      }),
      ConditionExpression: 'attribute_exists(pk)',
    },
  }));
  await writeFenced(flow, writes);
};

/**
 * Ends a failed operation on a load balancer: what was to come or to change carries ERROR, also rows that had yet to be
 * written out, the load balancer gets the given status, and its lock is released. May be done again.
 * @throws OperationSuperseded
 */
export const settleFailed = async (flow: FlowInput, provisioningStatus: ProvisioningStatus): Promise<void> => {
  await unstageRows(flow);
  const read = await readTree(String(flow.loadbalancer_id));
  await failRows(flow, read);
  await failAmphorae(flow, read.tree);
  await settle(flow, { changes: { provisioning_status: provisioningStatus }, outcome: OperationStatus.FAILED });
};
