import { describe, expect, it } from 'vitest';
import { createListener, deleteListener, updateListener } from '../../../../lib/changes/listeners.ts';
import { DuplicateListenerError, ImmutableChildError } from '../../../../lib/errors/conflict.ts';
import { ListenerNotFound, PoolNotFound } from '../../../../lib/errors/not-found.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
import { aListener, aPolicy, aPool } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;

describe('a new listener', () => {
  it.each([
    ['TCP', 'HTTP', true],
    ['TERMINATED_HTTPS', 'PROMETHEUS', true],
    ['UDP', 'UDP', true],
    ['UDP', 'TCP', false],
    ['SCTP', 'UDP', false],
  ] as const)('%s on the port of a %s listener is refused: %s', (protocol, other, refused) => {
    const read = aRead({ listeners: [aListener(1, { protocol: other })] });
    const create = () => createListener(read, aListener(2, { protocol }));
    if (refused) expect(create).toThrow(DuplicateListenerError);
    else expect(outline(create()).creates).toEqual([aListener(2).id]);
  });

  it('keeps the port from others until it is gone', () => {
    const read = aRead({ listeners: [aListener(1, leaving)] });
    expect(() => createListener(read, aListener(2))).toThrow(DuplicateListenerError);
  });

  it('gets a peer port that no other has', () => {
    const listeners = [aListener(1, { peer_port: 1031, protocol_port: 81 }), aListener(2, { protocol_port: 82 })];
    const { creates } = createListener(aRead({ listeners }), aListener(3));
    expect(creates).toMatchObject([{ object: { peer_port: 1032 } }]);
    expect(createListener(aRead({}), aListener(1)).creates).toMatchObject([{ object: { peer_port: 1025 } }]);
  });

  it('needs a default pool that is there and stays', () => {
    const listener = aListener(1, { default_pool_id: aPool().id });
    expect(() => createListener(aRead({}), listener)).toThrow(PoolNotFound);
    expect(() => createListener(aRead({ pools: [aPool(1, leaving)] }), listener)).toThrow(ImmutableChildError);
    expect(outline(createListener(aRead({ pools: [aPool()] }), listener)).creates).toEqual([listener.id]);
  });

  it('brings its pools, or finds those its policies redirect to', () => {
    const listener = aListener(1, { default_pool_id: aPool().id });
    const policy: Child = { kind: 'l7_policy', object: aPolicy(1, { redirect_pool_id: aPool(2).id }) };
    const below: readonly Child[] = [{ kind: 'pool', object: aPool() }, policy];
    expect(() => createListener(aRead({}), listener, below)).toThrow(PoolNotFound);
    expect(outline(createListener(aRead({ pools: [aPool(2)] }), listener, below)).creates).toEqual([
      listener.id,
      aPool().id,
      policy.object.id,
    ]);
  });
});

describe('a listener', () => {
  it('is updated with the state of its latest change', () => {
    const state = aChangeState();
    const read = aRead({ listeners: [aListener()] }, { [aListener().id]: state });
    expect(updateListener(read, aListener().id, { name: 'a' }).updates).toMatchObject([
      { state, changes: { name: 'a' } },
    ]);
    expect(() => updateListener(read, aListener().id, { default_pool_id: aPool().id })).toThrow(PoolNotFound);
  });

  it('is deleted once', () => {
    const { id } = aListener();
    expect(outline(deleteListener(aRead({ listeners: [aListener()] }), id)).deletes).toEqual([id]);
    expect(() => deleteListener(aRead({ listeners: [aListener(1, leaving)] }), id)).toThrow(ImmutableChildError);
    expect(() => deleteListener(aRead({}), id)).toThrow(ListenerNotFound);
  });
});
