import { OperationSuperseded, RowRefusedError } from '../../errors/flow.ts';
import { AmphoraNotFound } from '../../errors/not-found.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { statusOf } from '../objects/children.ts';
import { transactFenced, updateUnderLock } from '../operations/fence.ts';
import { amphoraRow } from '../rows/amphora.ts';
import { setExpression } from '../table/expressions.ts';
import { amphoraKey, listPlace, pointerKey, RowType, SPARES } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';

export type AmphoraChange = Partial<Omit<Amphora, 'id' | 'load_balancer_id' | 'created_at'>>;

/** Strongly consistent. @throws AmphoraNotFound */
export const getAmphoraAt = async (id: string, loadBalancerId: string | null): Promise<Amphora> => {
  const row = await findRow(amphoraKey(id, loadBalancerId));
  if (row === null) throw new AmphoraNotFound(id);
  return amphoraRow.parse(row);
};

/** The rows that make an amphora known: itself, with the further attributes given, and the pointer from its id. */
export const amphoraRows = (
  amphora: Amphora,
  more: Readonly<Record<string, unknown>> = {},
): readonly [TransactItem, TransactItem] => {
  const key = amphoraKey(amphora.id, amphora.load_balancer_id);
  const listing = {
    type_key: RowType.AMPHORA,
    sort_key: listPlace(amphora.created_at, amphora.id),
    ...(amphora.load_balancer_id === null && { project_key: `${RowType.AMPHORA}#${SPARES}` }),
  };
  return [
    {
      Put: {
        ...inTable(),
        Item: { ...amphora, ...key, ...listing, ...more },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { Put: { ...inTable(), Item: { ...pointerKey(amphora.id), type: RowType.AMPHORA, at: key } } },
  ];
};

/** Adds an amphora to the flow's load balancer; one of that id that exists is left as it is. @throws OperationSuperseded */
export const createAmphora = async (flow: FlowInput, amphora: Amphora): Promise<void> => {
  await transactFenced(flow, amphoraRows(amphora, statusOf(flow.operation_id)));
};

/**
 * Changes an amphora under the flow's fence.
 * @param rows further rows of the same transaction
 * @throws AmphoraNotFound
 * @throws RowRefusedError one of the further rows is not as it must be
 * @throws OperationSuperseded
 */
export const updateAmphora = async (
  flow: FlowInput,
  amphoraId: string,
  change: AmphoraChange,
  rows: readonly TransactItem[] = [],
): Promise<void> => {
  const key = amphoraKey(amphoraId, flow.loadbalancer_id);
  const update = setExpression({
    ...change,
    ...(change.status !== undefined && statusOf(flow.operation_id)),
    updated_at: new Date().toISOString(),
  });
  if (flow.target === 'load_balancer') {
    const item = { Update: { ...inTable(), Key: key, ...update, ConditionExpression: 'attribute_exists(pk)' } };
    const refusal = await transactFenced(flow, [item, ...rows]);
    if (refusal?.index === 0) throw new AmphoraNotFound(amphoraId);
    if (refusal !== null) throw new RowRefusedError(flow.operation_id);
    return;
  }
  const refusal = await transact([updateUnderLock(flow, update, { key }), ...rows]);
  if (refusal?.index === 0) throw new OperationSuperseded(flow.operation_id);
  if (refusal !== null) throw new RowRefusedError(flow.operation_id);
};

/** Forgets an amphora that never came to be, with its pointer. @throws OperationSuperseded */
export const removeAmphora = async (flow: FlowInput, amphoraId: string): Promise<void> => {
  const keys = [amphoraKey(amphoraId, flow.loadbalancer_id), pointerKey(amphoraId)];
  await transactFenced(
    flow,
    keys.map((Key) => ({ Delete: { ...inTable(), Key } })),
  );
};
