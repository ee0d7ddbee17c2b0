import { describe, expect, it } from 'vitest';
import { createMember, deleteMember, updateMember } from '../../../../lib/changes/members.ts';
import { ImmutableChildError } from '../../../../lib/errors/conflict.ts';
import { PoolNotFound } from '../../../../lib/errors/not-found.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
import { aListener, aMember, aPool } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;
const state = aChangeState();
const read = aRead({ pools: [aPool()], listeners: [aListener(1, { default_pool_id: aPool().id }), aListener(2)] });
const parents = [aPool().id, aListener().id];

describe('a member', () => {
  it('moves its pool, and the listeners that use the pool', () => {
    const { id } = aMember();
    const found = { member: aMember(), state };
    expect(outline(createMember(read, aMember()))).toMatchObject({ creates: [id], parents });
    expect(outline(updateMember(read, found, { weight: 0 }))).toMatchObject({
      updates: { [id]: { weight: 0 } },
      parents,
    });
    expect(outline(deleteMember(read, found))).toMatchObject({ deletes: [id], parents });
  });

  it('needs a pool that is there and stays', () => {
    expect(() => createMember(aRead({}), aMember())).toThrow(PoolNotFound);
    expect(() => createMember(aRead({ pools: [aPool(1, leaving)] }), aMember())).toThrow(ImmutableChildError);
  });

  it('cannot be changed once it goes away', () => {
    const found = { member: aMember(1, leaving), state };
    expect(() => updateMember(read, found, { weight: 0 })).toThrow(ImmutableChildError);
    expect(() => deleteMember(read, found)).toThrow(ImmutableChildError);
  });
});
