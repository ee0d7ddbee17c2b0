import { OperationSuperseded, RowRefusedError } from '../../errors/flow.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { updateUnderLock } from '../operations/fence.ts';
import { setExpression } from '../table/expressions.ts';
import { type TransactItem, transact } from '../table/transact.ts';

/** What a flow may change of its load balancer on the way; statuses and lock are changed by settling only. */
export type LoadBalancerChange = Partial<
  Pick<
    LoadBalancer,
    'vip' | 'additional_vips' | 'security_group_id' | 'server_group_id' | 'vrrp_group' | 'ingress_checksum'
  >
>;

/**
 * Changes the flow's load balancer under its fence, with further rows in the same transaction.
 * @throws OperationSuperseded
 * @throws RowRefusedError one of the further rows is not as it must be
 */
export const updateLoadBalancer = async (
  flow: FlowInput,
  change: LoadBalancerChange,
  rows: readonly TransactItem[] = [],
): Promise<void> => {
  const refusal = await transact([updateUnderLock(flow, setExpression(change)), ...rows]);
  if (refusal?.index === 0) throw new OperationSuperseded(flow.operation_id);
  if (refusal !== null) throw new RowRefusedError(flow.operation_id);
};
