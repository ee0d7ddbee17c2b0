import { KINDS } from '../../models/objects/kinds.ts';
import type { Member } from '../../models/objects/pool.ts';
import { type OperatingStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { allEnded } from '../../tools/all-ended.ts';
import { type RowUpdate, updateBatched } from '../table/batched-updates.ts';
import { childKey, type Key, loadBalancerKey, memberKey } from '../table/keys.ts';

interface Seen {
  readonly id: string;
  /** As it was seen last. */
  readonly operating_status: OperatingStatus;
}

/** What is to have another operating status than it was seen with. */
export interface StatusChange {
  readonly of:
    | { readonly kind: 'listener' | 'pool'; readonly object: Seen }
    | { readonly kind: 'member'; readonly object: Seen & Pick<Member, 'pool_id' | 'ip_address' | 'protocol_port'> }
    | {
        readonly kind: 'load_balancer';
        readonly object: Seen;
        /** Only under this fence: no operation has begun since it was seen. */
        readonly fence?: number;
      };
  readonly to: OperatingStatus;
}

const keyOf = (load_balancer_id: string, { of }: StatusChange): Key => {
  if (of.kind === 'load_balancer') return loadBalancerKey(load_balancer_id);
  if (of.kind === 'member') return memberKey({ ...of.object, load_balancer_id });
  return childKey(load_balancer_id, KINDS[of.kind].row, of.object.id);
};

const conditionsOf = ({ of }: StatusChange): RowUpdate['when'] => {
  const asSeen: RowUpdate['when'] = [
    ['operating_status', '=', of.object.operating_status],
    ['provisioning_status', '<>', ProvisioningStatus.DELETED],
  ];
  // Where a member was taken away, another one with its address may have come.
  if (of.kind === 'member') return [...asSeen, ['id', '=', of.object.id]];
  if (of.kind === 'load_balancer' && of.fence !== undefined) return [...asSeen, ['fence', '=', of.fence]];
  return asSeen;
};

/**
 * Writes operating statuses of a load balancer and of what is below it, which only heartbeats and the settling of a
 * change ever set. No fence but that of the load balancer's own row: they say what was seen and decide nothing. A row
 * that is gone, or was changed since it was seen, is left out.
 * @returns those that were left out and have not got that status from another writer
 */
export const writeStatuses = async (
  loadBalancerId: string,
  changes: readonly StatusChange[],
): Promise<readonly StatusChange[]> => {
  const leftOut = await allEnded(
    changes.map(async (change) => {
      const { of, to } = change;
      const key = keyOf(loadBalancerId, change);
      const set = { operating_status: to, updated_at: new Date().toISOString() };
      const refused = await updateBatched({ key, set, when: conditionsOf(change) });
      const { id, operating_status, provisioning_status } = refused?.found ?? {};
      const isSo = id === of.object.id && operating_status === to && provisioning_status !== ProvisioningStatus.DELETED;
      return refused === null || isSo ? [] : [change];
    }),
  );
  return leftOut.flat();
};
