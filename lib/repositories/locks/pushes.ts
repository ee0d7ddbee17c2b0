import { ImmutableObjectError } from '../../errors/flow.ts';
import { AmphoraNotFound } from '../../errors/not-found.ts';
import { ProjectBusyError } from '../../errors/quota.ts';
import { IN_DOUBT, type PushedConfiguration } from '../../models/objects/amphora.ts';
import { type FlowInput, THE_WORKER } from '../../models/operations/operation.ts';
import { transactFenced } from '../operations/fence.ts';
import { amphoraRow } from '../rows/amphora.ts';
import { setExpression } from '../table/expressions.ts';
import { amphoraKey } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';

/*
 * An agent checks no fence. This keeps the newest configuration on it:
 *
 *   begin      under the fence, and not after a push of a newer generation has begun; records its `sender`
 *   (sent)     may come late: by then another handler may have begun, sent and confirmed
 *   confirm    by the recorded `sender` alone; a handler that is refused may have made a stale push
 *   resend     after a stale push: the configuration is unconfirmed, and the next round pushes it unconditionally
 */

/** One handler's sending of one configuration. */
export interface Push {
  readonly amphoraId: string;
  /** The load balancer's, read before what is sent was read. */
  readonly generation: number;
  readonly sender: string;
}

/**
 * Notes what the amphora is known to have while it is sent to.
 * @returns false when a push of a newer configuration has begun: nothing is to be sent
 * @throws AmphoraNotFound
 * @throws OperationSuperseded
 */
export const beginPush = async (
  flow: FlowInput,
  { amphoraId, generation, sender }: Push,
  pushed: PushedConfiguration,
): Promise<boolean> => {
  const update = setExpression({ pushed: { ...pushed, generation, sender }, updated_at: new Date().toISOString() });
  const refusal = await transactFenced(flow, [
    {
      Update: {
        ...inTable(),
        Key: amphoraKey(amphoraId, flow.loadbalancer_id),
        UpdateExpression: update.UpdateExpression,
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(pushed.generation) OR pushed.generation <= :generation)',
        ExpressionAttributeNames: update.ExpressionAttributeNames,
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':generation': generation },
      },
    },
  ]);
  if (refusal?.found === null) throw new AmphoraNotFound(amphoraId);
  return refusal === null;
};

/**
 * Records what the amphora has now; nothing when another push has begun since.
 * @returns whether it is noted
 * @throws OperationSuperseded
 */
export const confirmPush = async (
  flow: FlowInput,
  { amphoraId, generation, sender }: Push,
  pushed: PushedConfiguration,
): Promise<boolean> => {
  const update = setExpression({ pushed: { ...pushed, generation }, updated_at: new Date().toISOString() });
  const refusal = await transactFenced(flow, [
    {
      Update: {
        ...inTable(),
        Key: amphoraKey(amphoraId, flow.loadbalancer_id),
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: 'pushed.sender = :sender',
        ExpressionAttributeNames: update.ExpressionAttributeNames,
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':sender': sender },
      },
    },
  ]);
  return refusal === null;
};

/**
 * Whether another push has begun since: then it is unknown what the amphora has. Two deliveries of one task send the
 * same.
 */
export const isOvertaken = async (flow: FlowInput, { amphoraId, generation, sender }: Push): Promise<boolean> => {
  const row = await findRow(amphoraKey(amphoraId, flow.loadbalancer_id));
  if (row === null) return false;
  const { pushed } = amphoraRow.parse(row);
  return pushed?.sender !== sender && pushed?.generation !== generation;
};

/** The unconfirmed parts of an amphora. */
export interface Doubts {
  readonly haproxy: boolean;
  /** Ids of UDP and SCTP listeners. */
  readonly listeners: readonly string[];
  /** Its interfaces in the members' networks. */
  readonly legs: boolean;
}

/** Marks that, so that the next operation pushes it again. */
export const doubtRow = (
  amphoraId: string,
  loadBalancerId: string,
  { haproxy, listeners, legs }: Doubts,
  sender: string | null,
): TransactItem => {
  const doubtful = [...(haproxy ? ['haproxy'] : []), ...listeners.map((_, at) => `lvs.#listener${at}`)];
  const sets = [
    'pushed.sender = :sender',
    ...doubtful.map((part) => `pushed.${part} = :doubt`),
    ...(legs ? ['member_ports_unconfirmed = :true'] : []),
  ];
  return {
    Update: {
      ...inTable(),
      Key: amphoraKey(amphoraId, loadBalancerId),
      UpdateExpression: `SET ${sets.join(', ')}${legs ? ' REMOVE member_subnets' : ''}`,
      ConditionExpression: 'attribute_exists(pushed.lvs)',
      ...(listeners.length > 0 && {
        ExpressionAttributeNames: Object.fromEntries(listeners.map((id, at) => [`#listener${at}`, id])),
      }),
      ExpressionAttributeValues: {
        ':sender': sender,
        ...(doubtful.length > 0 && { ':doubt': IN_DOUBT }),
        ...(legs && { ':true': true }),
      },
    },
  };
};

/**
 * A change without rows of its own, which has everything that was sent sent again: joined to the running one, or begun
 * within a minute. Where nothing can join an operation the configuration is marked as unconfirmed at least: the next
 * operation pushes again.
 * @param sent what `beginPush` was given
 * @throws ImmutableObjectError another kind of operation works on the load balancer
 * @throws ProjectBusyError other changes came first until its patience ended; they may have been pushed before this one
 */
export const resend = async (
  flow: FlowInput,
  { amphoraId, sender }: Push,
  sent: PushedConfiguration,
): Promise<void> => {
  const listeners = Object.keys(sent.lvs).filter((id) => sent.lvs[id] === IN_DOUBT);
  const doubted = { haproxy: sent.haproxy === IN_DOUBT, listeners, legs: false };
  const row = doubtRow(amphoraId, String(flow.loadbalancer_id), doubted, sender);
  const request = { flow: 'apply-changes' as const, requester: THE_WORKER };
  // Rare, and much to load.
  const { commitChange } = await import('./change-commits.ts');
  try {
    await commitChange(String(flow.loadbalancer_id), { request, exclusive: false, plan: () => ({}), rows: [row] });
  } catch (error) {
    if (error instanceof ImmutableObjectError || error instanceof ProjectBusyError) await transact([row]);
    throw error;
  }
};
