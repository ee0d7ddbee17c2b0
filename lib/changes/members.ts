import { ImmutableChildError } from '../errors/conflict.ts';
import { type ChangeState, isBeingDeleted } from '../models/objects/change.ts';
import type { Member } from '../models/objects/pool.ts';
import type { TreeChange } from '../models/objects/tree-change.ts';
import { objectIn, parentIn, poolAndListeners, type Read } from './relations.ts';

/** A member as read beside the tree, which comes without members. */
export interface MemberRead {
  readonly member: Member;
  readonly state: ChangeState;
}

const changeable = ({ member, state }: MemberRead) => {
  if (isBeingDeleted(member)) throw new ImmutableChildError('Member', member.id);
  return { child: { kind: 'member' as const, object: member }, state };
};

/** The (address, port) is part of the row's key: a second one is refused by the write itself. @throws PoolNotFound @throws ImmutableChildError */
export const createMember = (read: Read, member: Member): TreeChange => ({
  creates: [{ kind: 'member', object: member }],
  parents: poolAndListeners(read, parentIn(read, 'pool', member.pool_id)),
});

/** Its subnet and the spelling of its address change with a batch only. */
export type MemberUpdates = Partial<
  Pick<
    Member,
    'name' | 'weight' | 'backup' | 'monitor_address' | 'monitor_port' | 'enabled' | 'tags' | 'subnet_id' | 'ip_address'
  >
>;

/** @throws PoolNotFound @throws ImmutableChildError */
export const updateMember = (read: Read, found: MemberRead, changes: MemberUpdates): TreeChange => ({
  updates: [{ ...changeable(found), changes }],
  parents: poolAndListeners(read, objectIn(read, 'pool', found.member.pool_id)),
});

/** @throws PoolNotFound @throws ImmutableChildError */
export const deleteMember = (read: Read, found: MemberRead): TreeChange => ({
  deletes: [changeable(found)],
  parents: poolAndListeners(read, objectIn(read, 'pool', found.member.pool_id)),
});
