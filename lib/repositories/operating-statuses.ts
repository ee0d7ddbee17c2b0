import type { Child } from '../models/child.ts';
import { type OperatingStatus, ProvisioningStatus } from '../models/statuses.ts';
import { keyOfChild } from './children.ts';
import { type Key, loadBalancerKey } from './table/keys.ts';
import { inTable, type TransactItem, transact } from './table/transact.ts';

/** What is to have another operating status than it was read with. */
export interface StatusChange {
  readonly of:
    | Extract<Child, { readonly kind: 'listener' | 'pool' | 'member' }>
    | {
        readonly kind: 'load_balancer';
        readonly object: { readonly id: string; readonly operating_status: OperatingStatus };
      };
  readonly to: OperatingStatus;
}

/** A larger transaction would more often meet one of a flow. */
const AT_ONCE = 25;

const keyOf = ({ of }: StatusChange): Key =>
  of.kind === 'load_balancer' ? loadBalancerKey(of.object.id) : keyOfChild(of);

const item = (change: StatusChange): TransactItem => ({
  Update: {
    ...inTable(),
    Key: keyOf(change),
    UpdateExpression: 'SET operating_status = :to',
    ConditionExpression: 'operating_status = :read AND provisioning_status <> :deleted',
    ExpressionAttributeValues: {
      ':to': change.to,
      ':read': change.of.object.operating_status,
      ':deleted': ProvisioningStatus.DELETED,
    },
  },
});

/**
 * Writes operating statuses, which nobody but the heartbeats and the settling of a change ever sets. No fence: they say
 * what was seen and decide nothing. A row that is gone, or was changed since it was read, is left out.
 * @returns how many were written
 */
export const writeStatuses = async (changes: readonly StatusChange[]): Promise<number> => {
  let written = 0;
  for (let from = 0; from < changes.length; from += AT_ONCE) {
    let batch = changes.slice(from, from + AT_ONCE).map(item);
    while (batch.length > 0) {
      const refusal = await transact(batch);
      if (refusal === null) break;
      batch = batch.filter((_, index) => index !== refusal.index);
    }
    written += batch.length;
  }
  return written;
};
