import { describe, expect, it } from 'vitest';
import { batchMembers, type WantedMember } from '../../../../lib/changes/member-batch.ts';
import { DuplicateMemberError } from '../../../../lib/errors/conflict.ts';
import type { Member } from '../../../../lib/models/objects/pool.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
import { aMember, aPool } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const read = aRead({ pools: [aPool()] });
const state = aChangeState();
const existing = (...members: readonly Member[]) => members.map((member) => ({ member, state }));
const wanted = (member: Member, updates: WantedMember['updates'] = {}): WantedMember => ({ member, updates });
const batch = (present: readonly Member[], named: readonly WantedMember[], additiveOnly = false) =>
  outline(batchMembers(read, aPool().id, existing(...present), named, additiveOnly));

describe('a batch of members', () => {
  it('creates what is new, changes what differs, deletes what it does not name, and leaves the rest alone', () => {
    // The batch knows members by address: its own ids of those that exist mean nothing.
    const plan = batch(
      [aMember(1), aMember(2), aMember(3)],
      [
        wanted({ ...aMember(1), id: 'x' }, { weight: 9 }),
        wanted({ ...aMember(2), id: 'y' }, { weight: 1 }),
        wanted(aMember(4)),
      ],
    );
    expect(plan).toEqual({
      creates: [aMember(4).id],
      updates: { [aMember(1).id]: { weight: 9 } },
      deletes: [aMember(3).id],
      parents: [aPool().id],
    });
  });

  it('deletes nothing when it only adds', () => {
    expect(batch([aMember(1)], [wanted(aMember(2))], true)).toMatchObject({ creates: [aMember(2).id], deletes: [] });
  });

  it('empties the pool when it names no member', () => {
    expect(batch([aMember(1), aMember(2)], [])).toMatchObject({ deletes: [aMember(1).id, aMember(2).id] });
  });

  it('takes one address on two ports for two members', () => {
    const second = { ...aMember(2), ip_address: aMember(1).ip_address, protocol_port: 9090 };
    expect(batch([aMember(1)], [wanted(aMember(1)), wanted(second)])).toMatchObject({
      creates: [second.id],
      deletes: [],
    });
  });

  it('trap 12: is refused when it names an address twice, or one that is going away', () => {
    const twice = [wanted(aMember(1)), wanted({ ...aMember(2), ip_address: aMember(1).ip_address })];
    expect(() => batch([], twice)).toThrow(DuplicateMemberError);
    const going = aMember(1, { provisioning_status: 'PENDING_DELETE' });
    expect(() => batch([going], [wanted(aMember(1))])).toThrow(DuplicateMemberError);
  });

  it('does not delete again what is going away', () => {
    const going = aMember(1, { provisioning_status: 'PENDING_DELETE' });
    expect(batch([going], [])).toMatchObject({ deletes: [] });
  });

  describe('with a member whose deletion failed', () => {
    const failed = {
      member: aMember(1, { provisioning_status: 'ERROR' }),
      state: aChangeState({ deletion_failed: true }),
    };
    const plan = (named: readonly WantedMember[], additiveOnly: boolean) =>
      outline(batchMembers(read, aPool().id, [failed], named, additiveOnly));

    it('keeps it by naming it, also with the values that it has', () => {
      expect(plan([wanted(aMember(1))], false)).toMatchObject({
        creates: [],
        updates: { [aMember(1).id]: {} },
        deletes: [],
      });
    });

    it('deletes it again by leaving it out, and leaves it alone when it only adds', () => {
      expect(plan([], false)).toMatchObject({ updates: {}, deletes: [aMember(1).id] });
      expect(plan([], true)).toMatchObject({ updates: {}, deletes: [] });
    });
  });

  it('compares lists by what they hold', () => {
    const tagged = aMember(1, { tags: ['a'] });
    expect(batch([tagged], [wanted(tagged, { tags: ['a'] })]).updates).toEqual({});
    expect(batch([tagged], [wanted(tagged, { tags: ['b'] })]).updates).toEqual({ [tagged.id]: { tags: ['b'] } });
  });
});
