import * as z from 'zod';
import { ImmutableObjectError } from '../../errors/flow.ts';
import { AmphoraNotFound } from '../../errors/not-found.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import type { Operation } from '../../models/operations/operation.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { FIRST_FENCE, lockOf } from '../locks/commits.ts';
import { newOperation, type OperationRequest, putOperation } from '../operations/operations.ts';
import { amphoraRow } from '../rows/amphora.ts';
import { setExpression } from '../table/expressions.ts';
import { amphoraKey, RowType } from '../table/keys.ts';
import { findKey } from '../table/pointers.ts';
import { findRow } from '../table/query.ts';
import { inTable, transact } from '../table/transact.ts';
import { amphoraRows } from './amphorae.ts';

/** An amphora before anything of it exists in the cloud. */
export const newAmphora = (id: string, loadBalancerId: string | null): Amphora => ({
  id,
  load_balancer_id: loadBalancerId,
  compute_id: null,
  status: AmphoraStatus.PENDING_CREATE,
  role: null,
  lb_network_ip: null,
  vrrp_ip: null,
  vrrp_port_id: null,
  ha_ip: null,
  ha_port_id: null,
  vrrp_interface: null,
  vrrp_id: null,
  vrrp_priority: null,
  cert_expiration: null,
  cert_busy: false,
  cached_zone: null,
  image_id: null,
  compute_flavor: null,
  created_at: new Date().toISOString(),
  updated_at: null,
});

/** Commits an amphora without load balancer, with its lock and its operation. */
export const commitNewAmphora = async (amphoraId: string, request: OperationRequest): Promise<Operation> => {
  const target = { loadbalancer_id: null, amphora_id: amphoraId, project_id: null };
  const operation = newOperation(request, target, FIRST_FENCE);
  const [row, pointer] = amphoraRows(newAmphora(amphoraId, null), lockOf(operation));
  const refusal = await transact([row, pointer, ...putOperation(operation)]);
  if (refusal !== null) throw new ImmutableObjectError('amphora', amphoraId, 'existing');
  return operation;
};

const lockState = z.object({
  fence: z.number().default(0),
  lock: z.object({ operation_id: z.string() }).nullable().default(null),
});

/** The amphora of that id, spare or not, strongly consistent. @throws AmphoraNotFound */
export const getAmphora = async (amphoraId: string): Promise<Amphora> => {
  const key = await findKey(RowType.AMPHORA, amphoraId);
  const item = key === null ? null : await findRow(key);
  if (item === null) throw new AmphoraNotFound(amphoraId);
  return amphoraRow.parse(item);
};

const deletable = (amphora: Amphora): boolean =>
  amphora.status === AmphoraStatus.ERROR ||
  (amphora.load_balancer_id === null && amphora.status !== AmphoraStatus.PENDING_CREATE);

/** An agent is there to be asked. */
const IN_USE: readonly AmphoraStatus[] = [AmphoraStatus.ALLOCATED, AmphoraStatus.READY];

const takeLock = async (
  amphoraId: string,
  request: OperationRequest,
  permits: (amphora: Amphora) => boolean,
  changes: (operation: Operation) => Partial<Amphora>,
): Promise<Operation> => {
  const amphora = await getAmphora(amphoraId);
  if (amphora.status === AmphoraStatus.DELETED) throw new AmphoraNotFound(amphoraId);
  const key = amphoraKey(amphoraId, amphora.load_balancer_id);
  const { fence, lock } = lockState.parse(await findRow(key));
  if (!permits(amphora) || lock !== null) throw new ImmutableObjectError('amphora', amphoraId, amphora.status);
  const { load_balancer_id: loadbalancer_id } = amphora;
  const target = { loadbalancer_id, amphora_id: amphoraId, project_id: null };
  const operation = newOperation(request, target, fence + 1);
  const update = setExpression({ ...lockOf(operation), ...changes(operation) });
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: key,
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: '#status = :read_status AND (attribute_not_exists(#lock) OR #lock = :none)',
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#status': 'status', '#lock': 'lock' },
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':read_status': amphora.status,
          ':none': null,
        },
      },
    },
    ...putOperation(operation),
  ]);
  if (refusal !== null) throw new ImmutableObjectError('amphora', amphoraId, amphora.status);
  return operation;
};

/**
 * Takes the lock of an amphora that carries no traffic, to delete it.
 * @throws AmphoraNotFound missing or deleted
 * @throws ImmutableObjectError it is in use, or another operation holds it
 */
export const commitAmphoraDeletion = async (amphoraId: string, request: OperationRequest): Promise<Operation> =>
  await takeLock(amphoraId, request, deletable, () => ({ status: AmphoraStatus.PENDING_DELETE }));

/**
 * Takes the lock of an amphora that is up, with or without a load balancer, for work that does not change its status.
 * The load balancer's own lock is left alone: its owner's changes go on meanwhile.
 * @param changes what else the amphora's row says from that moment on
 * @throws AmphoraNotFound missing or deleted
 * @throws ImmutableObjectError it is not up, or another operation holds it
 */
export const commitAmphoraOperation = async (
  amphoraId: string,
  request: OperationRequest,
  changes: (operation: Operation) => Pick<Partial<Amphora>, 'cert_busy' | 'last_rotation' | 'last_config_update'>,
): Promise<Operation> => await takeLock(amphoraId, request, ({ status }) => IN_USE.includes(status), changes);
