import { describe, expect, it } from 'vitest';
import { createPool, deletePool, updatePool } from '../../../../lib/changes/pools.ts';
import { DefaultPoolExistsError, ImmutableChildError, PoolInUseError } from '../../../../lib/errors/conflict.ts';
import { ListenerNotFound, PoolNotFound } from '../../../../lib/errors/not-found.ts';
import { aListener, aPolicy, aPool } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;
const pool = aPool();
const other = aPool(2);
const listener = aListener(1, { default_pool_id: pool.id });
const redirecting = (number: number, listenerNumber: number) =>
  aPolicy(number, {
    listener_id: aListener(listenerNumber).id,
    action: 'REDIRECT_TO_POOL',
    redirect_pool_id: pool.id,
  });

describe('a new pool', () => {
  it('becomes the default of a listener that has none', () => {
    const plan = createPool(aRead({ listeners: [aListener()] }), pool, aListener().id);
    expect(outline(plan)).toEqual({
      creates: [pool.id],
      updates: { [aListener().id]: { default_pool_id: pool.id } },
      deletes: [],
      parents: [],
    });
  });

  it('may stand alone', () => {
    expect(outline(createPool(aRead({}), pool, null))).toEqual({
      creates: [pool.id],
      updates: {},
      deletes: [],
      parents: [],
    });
  });

  it('does not replace the default of a listener', () => {
    expect(() => createPool(aRead({ listeners: [listener] }), other, listener.id)).toThrow(DefaultPoolExistsError);
    expect(() => createPool(aRead({}), other, listener.id)).toThrow(ListenerNotFound);
  });
});

describe('an update of a pool', () => {
  it('does not move a listener whose policy to it goes away', () => {
    const going = { ...redirecting(1, 1), ...leaving };
    const read = aRead({ pools: [pool], listeners: [aListener()], l7_policies: [going] });
    expect(outline(updatePool(read, pool.id, { name: 'a' })).parents).toEqual([]);
  });

  it('moves the listeners with it that use it, and no other', () => {
    const listeners = [listener, aListener(2), aListener(3), aListener(4, { ...leaving, default_pool_id: pool.id })];
    const read = aRead({ pools: [pool], listeners, l7_policies: [redirecting(1, 2)] });
    const plan = updatePool(read, pool.id, { lb_algorithm: 'SOURCE_IP' });
    expect(outline(plan)).toMatchObject({
      updates: { [pool.id]: { lb_algorithm: 'SOURCE_IP' } },
      parents: [listener.id, aListener(2).id],
    });
  });
});

describe('the deletion of a pool', () => {
  it('takes it from the listeners whose default it is', () => {
    const read = aRead({ pools: [pool, other], listeners: [listener, aListener(2, { default_pool_id: other.id })] });
    expect(outline(deletePool(read, pool.id))).toEqual({
      creates: [],
      updates: { [listener.id]: { default_pool_id: null } },
      deletes: [pool.id],
      parents: [],
    });
  });

  it('is refused while a policy redirects to it', () => {
    const read = aRead({ pools: [pool], listeners: [aListener()], l7_policies: [redirecting(1, 1)] });
    expect(() => deletePool(read, pool.id)).toThrow(PoolInUseError);
  });

  it('leaves a listener its other default pool when only a policy that goes away redirected here', () => {
    const read = aRead({
      pools: [pool, other],
      listeners: [aListener(1, { default_pool_id: other.id })],
      l7_policies: [{ ...redirecting(1, 1), ...leaving }],
    });
    expect(outline(deletePool(read, pool.id))).toEqual({ creates: [], updates: {}, deletes: [pool.id], parents: [] });
  });

  it('happens once', () => {
    expect(() => deletePool(aRead({ pools: [aPool(1, leaving)] }), pool.id)).toThrow(ImmutableChildError);
    expect(() => deletePool(aRead({}), pool.id)).toThrow(PoolNotFound);
  });
});
