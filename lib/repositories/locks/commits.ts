import { DeletionProtectedError, SpareTakenError } from '../../errors/conflict.ts';
import { DuplicateIdError, ImmutableObjectError, InvalidArgumentError } from '../../errors/flow.ts';
import { LBNotFound } from '../../errors/not-found.ts';
import { FlavorOrZoneKind } from '../../models/flavors-and-zones.ts';
import type { Child } from '../../models/objects/child.ts';
import type { LoadBalancer, Vip } from '../../models/objects/load-balancer.ts';
import { amountsOf } from '../../models/objects/quota.ts';
import type { Operation } from '../../models/operations/operation.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { claimPort, portTaken } from '../cloud/port-claims.ts';
import { chosenFlavorAndZone, holdFlavorAndZone } from '../flavors-and-zones/holds.ts';
import { getLoadBalancer } from '../objects/load-balancers.ts';
import { readTree } from '../objects/trees.ts';
import { newOperation, type OperationRequest, type OperationTarget, putOperation } from '../operations/operations.ts';
import { transactTaking } from '../quotas/quota-counts.ts';
import { loadBalancerRow } from '../rows/load-balancer.ts';
import { setExpression } from '../table/expressions.ts';
import { listKeys, loadBalancerKey, RowType, Work } from '../table/keys.ts';
import { inTable, type Refusal, type TransactItem, transact } from '../table/transact.ts';
import { prepareRows, writeOut } from './change-rows.ts';
import { doubtAll, isToBeRestored, restoration } from './restorations.ts';

/** A load balancer as its creator gives it; the commit adds lock, fence and generation. */
export type NewLoadBalancer = Omit<
  LoadBalancer,
  'lock' | 'fence' | 'generation' | 'ingress_checksum' | 'staged_operation_id' | 'incomplete'
>;

const ATTEMPTS = 20;
export const FIRST_FENCE = 1;

/** What an operation on a load balancer is about. */
export const targetOf = ({ id, project_id }: Pick<LoadBalancer, 'id' | 'project_id'>): OperationTarget => ({
  loadbalancer_id: id,
  amphora_id: null,
  project_id,
});

/** The lock attributes of a row that the operation takes. */
export const lockOf = (operation: Operation) => ({
  lock: {
    operation_id: operation.id,
    fence: operation.fence,
    flow: operation.flow,
    closing: false,
    acquired_at: operation.created_at,
  },
  fence: operation.fence,
  work_key: Work.LOCKED,
  work_at: operation.created_at,
});

/** What refused it: its own id, what it has chosen, or its port. */
const refusalOfNew = (loadBalancer: NewLoadBalancer, { index, found }: Refusal): Error => {
  const named = chosenFlavorAndZone(loadBalancer);
  if (!loadBalancer.vip.octavia_owned && index === 1 + named.length) return portTaken(loadBalancer, found);
  const chosen = named[index - 1];
  if (chosen === undefined) return new DuplicateIdError('Load Balancer', loadBalancer.id);
  const field = chosen.kind === FlavorOrZoneKind.FLAVOR ? 'flavor_id' : 'availability_zone';
  return new InvalidArgumentError(field, `${chosen.id} is not there any more, or not enabled`);
};

/** A spare amphora, and the rows that make it the load balancer's. */
export interface SpareTake {
  readonly amphoraId: string;
  readonly rows: readonly TransactItem[];
}

/**
 * Commits a new load balancer with everything below it, its lock and its operation at once, and holds its flavor and its
 * availability zone.
 * @param spare becomes its amphora in the same moment
 * @throws SpareTakenError another load balancer was faster; nothing is written
 * @throws DuplicateIdError a load balancer of that id exists; nothing is written
 * @throws InvalidArgumentError its flavor or availability zone is missing or disabled; nothing is written
 * @throws VipPortTakenError its VIP's port carries another load balancer; nothing is written
 * @throws QuotaExceededError @throws ProjectBusyError nothing is written
 */
export const commitNewLoadBalancer = async (
  loadBalancer: NewLoadBalancer,
  request: OperationRequest,
  children: readonly Child[] = [],
  spare: SpareTake | null = null,
): Promise<Operation> => {
  const target = targetOf(loadBalancer);
  const operation = newOperation(request, target, FIRST_FENCE);
  const { items, staged } = await prepareRows({ creates: children }, operation.id);
  const own: readonly TransactItem[] = [
    {
      Put: {
        ...inTable(),
        Item: {
          ...loadBalancer,
          ...loadBalancerKey(loadBalancer.id),
          ...listKeys(RowType.LOAD_BALANCER, loadBalancer.project_id, loadBalancer.created_at, loadBalancer.id),
          ...lockOf(operation),
          generation: 1,
          staged_operation_id: staged ? operation.id : null,
          incomplete: true,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    ...holdFlavorAndZone(loadBalancer),
    ...claimPort(loadBalancer),
    ...putOperation(operation),
    ...items,
  ];
  const takes = { load_balancer: 1, ...amountsOf(children) };
  const demand = { projectId: loadBalancer.project_id, takes };
  const refusal = await transactTaking(demand, [...own, ...(spare?.rows ?? [])]);
  if (refusal !== null) {
    if (spare !== null && refusal.index >= own.length) throw new SpareTakenError(spare.amphoraId);
    throw refusalOfNew(loadBalancer, refusal);
  }
  if (staged) await writeOut(operation);
  return operation;
};

export interface LoadBalancerCommit {
  /** The lock is granted in these states only. */
  readonly allowed: readonly ProvisioningStatus[];
  /** Only under this fence: no operation has worked on it since the caller looked. */
  readonly fence?: number;
  /** The state while the operation runs. */
  readonly to: ProvisioningStatus;
  /** Attributes of the load balancer that change with the commit. */
  readonly changes?: Readonly<Record<string, unknown>>;
  /** Parts of the VIP that change; the others stay as the commit finds them. */
  readonly vip?: Partial<Vip>;
  /** True: refused for one in ERROR whose creation or deletion failed, since that would undo the deletion. */
  readonly unlessIncomplete?: boolean;
  /** True for a deletion: refused while the load balancer is protected from it. */
  readonly deletes?: boolean;
  /** True for an update: one in ERROR is restored with it, by another flow, where it can be. */
  readonly restores?: boolean;
  /**
   * Further rows of the same transaction; one that refuses, refuses it all. A restoration, which takes everything as
   * unconfirmed, has none.
   */
  readonly rows?: (operation: Operation) => readonly TransactItem[];
  /** Becomes its amphora in the same moment. */
  readonly spare?: SpareTake | null;
}

const IS_UNPROTECTED = '(attribute_not_exists(deletion_protected) OR deletion_protected = :unprotected)';

/** Free, in the state and under the fence that the caller has read: nothing came in between. */
const IS_AS_READ =
  '#fence = :fence AND provisioning_status = :read_status AND (attribute_not_exists(#lock) OR #lock = :none)';

/**
 * Takes the load balancer's lock for a new operation, with all that changes at that moment, in one transaction.
 * @throws LBNotFound missing or deleted
 * @throws ImmutableObjectError its state, or a further row, refuses the operation; nothing is written
 * @throws DeletionProtectedError @throws UnrestorableError nothing is written
 * @throws SpareTakenError another load balancer was faster; nothing is written
 */
export const commitLoadBalancerOperation = async (
  loadBalancerId: string,
  request: OperationRequest,
  commit: LoadBalancerCommit,
): Promise<Operation> => {
  let loadBalancer = await getLoadBalancer(loadBalancerId);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (loadBalancer.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(loadBalancerId);
    if (commit.deletes && loadBalancer.deletion_protected) throw new DeletionProtectedError(loadBalancerId);
    const restoring = commit.restores === true && isToBeRestored(loadBalancer);
    if (!restoring && !commit.allowed.includes(loadBalancer.provisioning_status)) break;
    if (loadBalancer.lock !== null) break;
    const isError = loadBalancer.provisioning_status === ProvisioningStatus.ERROR;
    if (commit.unlessIncomplete && isError && loadBalancer.incomplete) break;
    if (commit.fence !== undefined && commit.fence !== loadBalancer.fence) break;
    const doubts = restoring ? doubtAll(await readTree(loadBalancerId, { withMembers: false })) : [];
    const wanted = restoring ? restoration(request) : request;
    const operation = newOperation(wanted, targetOf(loadBalancer), loadBalancer.fence + 1);
    const update = setExpression({
      ...commit.changes,
      ...(commit.vip !== undefined && { vip: { ...loadBalancer.vip, ...commit.vip } }),
      ...lockOf(operation),
      ...(commit.deletes && { incomplete: true }),
      provisioning_status: commit.to,
      updated_at: operation.created_at,
      generation: loadBalancer.generation + 1,
    });
    const own: readonly TransactItem[] = [
      {
        Update: {
          ...inTable(),
          Key: loadBalancerKey(loadBalancerId),
          UpdateExpression: update.UpdateExpression,
          ConditionExpression: commit.deletes ? `${IS_AS_READ} AND ${IS_UNPROTECTED}` : IS_AS_READ,
          ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#fence': 'fence', '#lock': 'lock' },
          ExpressionAttributeValues: {
            ...update.ExpressionAttributeValues,
            ':fence': loadBalancer.fence,
            ':read_status': loadBalancer.provisioning_status,
            ':none': null,
            ...(commit.deletes ? { ':unprotected': false } : {}),
          },
        },
      },
      ...putOperation(operation),
      ...(restoring ? doubts : (commit.rows?.(operation) ?? [])),
    ];
    const refusal = await transact([...own, ...(commit.spare?.rows ?? [])]);
    if (refusal === null) return operation;
    if (commit.spare && refusal.index >= own.length) throw new SpareTakenError(commit.spare.amphoraId);
    if (refusal.index !== 0) break;
    loadBalancer = loadBalancerRow.parse(refusal.found);
  }
  throw new ImmutableObjectError('loadbalancer', loadBalancerId, loadBalancer.provisioning_status);
};
