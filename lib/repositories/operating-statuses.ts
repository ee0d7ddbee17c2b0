import type { Child } from '../models/child.ts';
import { type OperatingStatus, ProvisioningStatus } from '../models/statuses.ts';
import { keyOfChild } from './children.ts';
import { updateBatched } from './table/batched-updates.ts';
import { type Key, loadBalancerKey } from './table/keys.ts';

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

const keyOf = ({ of }: StatusChange): Key =>
  of.kind === 'load_balancer' ? loadBalancerKey(of.object.id) : keyOfChild(of);

/**
 * Writes operating statuses, which nobody but the heartbeats and the settling of a change ever sets. No fence: they say
 * what was seen and decide nothing. A row that is gone, or was changed since it was read, is left out.
 * @returns how many were written
 */
export const writeStatuses = async (changes: readonly StatusChange[]): Promise<number> => {
  const refused = await Promise.all(
    changes.map((change) =>
      updateBatched({
        key: keyOf(change),
        set: { operating_status: change.to },
        when: [
          ['operating_status', '=', change.of.object.operating_status],
          ['provisioning_status', '<>', ProvisioningStatus.DELETED],
        ],
      }),
    ),
  );
  return refused.filter((one) => one === null).length;
};
