import { DuplicateMemberError } from '../errors/conflict.ts';
import { isBeingDeleted } from '../models/objects/change.ts';
import type { Member } from '../models/objects/pool.ts';
import type { TreeChange } from '../models/objects/tree-change.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import { socketOf } from '../tools/addresses.ts';
import type { MemberRead, MemberUpdates } from './members.ts';
import { objectIn, parentIn, poolAndListeners, type Read } from './relations.ts';

/** One member of a batch: what to create when its address is new, and what to change when it is not. */
export interface WantedMember {
  readonly member: Member;
  readonly updates: MemberUpdates;
}

/**
 * True when the updates change the member. One in ERROR is to be applied again, whatever it says, and so kept when its
 * deletion failed.
 */
export const differs = (member: Member, updates: MemberUpdates): boolean => {
  if (member.provisioning_status === ProvisioningStatus.ERROR) return true;
  const now = new Map<string, unknown>(Object.entries(member));
  return Object.entries(updates).some(([key, value]) => JSON.stringify(now.get(key)) !== JSON.stringify(value));
};

/**
 * Makes a pool's members what the batch says, matched by address and port, however the address is written. Members the
 * batch does not name are deleted, unless it only adds. Members that are as wanted are left alone.
 * @param existing all members the pool has
 * @throws PoolNotFound
 * @throws ImmutableChildError it adds members, and the pool is in ERROR or going away
 * @throws DuplicateMemberError the batch names an address twice, or one that is being deleted
 */
export const batchMembers = (
  read: Read,
  poolId: string,
  existing: readonly MemberRead[],
  wanted: readonly WantedMember[],
  additiveOnly: boolean,
): TreeChange => {
  const pool = objectIn(read, 'pool', poolId);
  const byAddress = new Map(existing.map((found) => [socketOf(found.member), found]));
  const named = new Map<string, WantedMember>();
  for (const one of wanted) {
    const address = socketOf(one.member);
    const found = byAddress.get(address);
    const leaving = found !== undefined && isBeingDeleted(found.member);
    if (named.has(address) || leaving) throw new DuplicateMemberError(one.member.ip_address, one.member.protocol_port);
    named.set(address, one);
  }
  const matched = [...named].flatMap(([address, one]) => {
    const found = byAddress.get(address);
    return found === undefined || !differs(found.member, one.updates) ? [] : [{ found, updates: one.updates }];
  });
  const unnamed = existing.filter(({ member }) => !named.has(socketOf(member)) && !isBeingDeleted(member));
  const fresh = [...named].filter(([address]) => !byAddress.has(address));
  if (fresh.length > 0) parentIn(read, 'pool', poolId);
  return {
    creates: fresh.map(([, { member: object }]) => ({ kind: 'member', object })),
    updates: matched.map(({ found: { member: object, state }, updates: changes }) => ({
      child: { kind: 'member', object },
      state,
      changes,
    })),
    deletes: additiveOnly
      ? []
      : unnamed.map(({ member: object, state }) => ({ child: { kind: 'member', object }, state })),
    parents: poolAndListeners(read, pool),
  };
};
