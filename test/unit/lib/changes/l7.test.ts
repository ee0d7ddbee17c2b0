import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createL7Policy,
  createL7Rule,
  deleteL7Policy,
  deleteL7Rule,
  updateL7Policy,
  updateL7Rule,
} from '../../../../lib/changes/l7.ts';
import { ImmutableChildError } from '../../../../lib/errors/conflict.ts';
import {
  L7PolicyNotFoundError,
  L7RuleNotFoundError,
  ListenerNotFound,
  PoolNotFound,
} from '../../../../lib/errors/not-found.ts';
import type { ChangeState } from '../../../../lib/models/objects/change.ts';
import type { L7Policy } from '../../../../lib/models/objects/l7.ts';
import type { TreeChange } from '../../../../lib/models/objects/tree-change.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
import { aListener, aPolicy, aPool, aRule } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;
const listeners = [aListener()];
const policies = (count: number) => Array.from({ length: count }, (_, index) => aPolicy(index + 1));
const id = (number: number) => aPolicy(number).id;

/** The policies after a change, in the order of their positions. */
const after = (before: readonly L7Policy[], { creates = [], updates = [], deletes = [] }: TreeChange) => {
  const positions = new Map(before.map((policy) => [policy.id, policy.position]));
  for (const { child } of deletes) positions.delete(child.object.id);
  for (const { child, changes } of updates) {
    if (typeof changes.position === 'number') positions.set(child.object.id, changes.position);
  }
  for (const child of creates) if (child.kind === 'l7_policy') positions.set(child.object.id, child.object.position);
  return [...positions].sort(([, a], [, b]) => a - b);
};

describe('the position of a policy', () => {
  it.each([
    [1, [9, 1, 2, 3]],
    [2, [1, 9, 2, 3]],
    [4, [1, 2, 3, 9]],
    [2_147_483_647, [1, 2, 3, 9]],
  ])('%i is where a new one goes, and the others make room', (position, order) => {
    const before = policies(3);
    const plan = createL7Policy(aRead({ listeners, l7_policies: before }), aPolicy(9, { position }));
    expect(after(before, plan).map(([policy]) => policy)).toEqual(order.map(id));
    expect(after(before, plan).map(([, at]) => at)).toEqual([1, 2, 3, 4]);
  });

  it('does not depend on the order in which the policies are read', () => {
    const before = [aPolicy(3), aPolicy(1), aPolicy(2)];
    const plan = createL7Policy(aRead({ listeners, l7_policies: before }), aPolicy(9, { position: 2 }));
    expect(after(before, plan).map(([policy]) => policy)).toEqual([1, 9, 2, 3].map(id));
  });

  it('moves up and down without touching those that stay', () => {
    const before = policies(4);
    const read = aRead({ listeners, l7_policies: before });
    const down = updateL7Policy(read, id(1), { position: 3 });
    expect(after(before, down).map(([policy]) => policy)).toEqual([2, 3, 1, 4].map(id));
    expect(outline(down).updates).not.toHaveProperty(id(4));
    const up = updateL7Policy(read, id(3), { position: 1 });
    expect(after(before, up).map(([policy]) => policy)).toEqual([3, 1, 2, 4].map(id));
  });

  it('stays when another attribute changes', () => {
    const read = aRead({ listeners, l7_policies: policies(3) });
    expect(outline(updateL7Policy(read, id(2), { enabled: false })).updates).toEqual({
      [id(2)]: { enabled: false, position: 2 },
    });
  });

  it('is closed up when one is deleted', () => {
    const read = aRead({ listeners, l7_policies: policies(3) });
    expect(outline(deleteL7Policy(read, id(1)))).toMatchObject({
      deletes: [id(1)],
      updates: { [id(2)]: { position: 1 }, [id(3)]: { position: 2 } },
    });
  });

  it("counts neither what goes away nor what is another listener's", () => {
    const others = [aPolicy(2, leaving), aPolicy(3, { listener_id: aListener(2).id })];
    const read = aRead({ listeners, l7_policies: [aPolicy(1), ...others] });
    const { creates } = createL7Policy(read, aPolicy(9, { position: 100 }));
    expect(creates).toMatchObject([{ object: { position: 2 } }]);
  });

  it('is dense from 1 after any change', () => {
    const step = fc.record({
      what: fc.constantFrom('create', 'update', 'delete'),
      at: fc.nat(20),
      position: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let now: readonly L7Policy[] = [];
        for (const [index, { what, at, position }] of steps.entries()) {
          const read = aRead({ listeners, l7_policies: now });
          const chosen = now[at % Math.max(1, now.length)];
          const created = aPolicy(100 + index, { position });
          const plan =
            what === 'create' || chosen === undefined
              ? createL7Policy(read, created)
              : what === 'update'
                ? updateL7Policy(read, chosen.id, { position })
                : deleteL7Policy(read, chosen.id);
          const order = after(now, plan);
          expect(order.map(([, place]) => place)).toEqual(order.map((_, place) => place + 1));
          const known = new Map([...now, created].map((policy) => [policy.id, policy]));
          now = order.flatMap(([policyId, place]) => {
            const policy = known.get(policyId);
            return policy === undefined ? [] : [{ ...policy, position: place }];
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('an L7 policy', () => {
  it('comes with its rules, and moves its listener', () => {
    const plan = createL7Policy(aRead({ listeners }), aPolicy(1), [aRule(1), aRule(2)]);
    expect(outline(plan)).toMatchObject({
      creates: [id(1), aRule(1).id, aRule(2).id],
      parents: [aListener().id],
    });
  });

  it('moves its listener when it is updated or deleted', () => {
    const read = aRead({ listeners, l7_policies: policies(1) });
    expect(outline(updateL7Policy(read, id(1), { enabled: false })).parents).toEqual([aListener().id]);
    expect(outline(deleteL7Policy(read, id(1))).parents).toEqual([aListener().id]);
  });

  it('needs its listener and its pool', () => {
    const redirecting = aPolicy(1, { action: 'REDIRECT_TO_POOL', redirect_pool_id: aPool().id });
    expect(() => createL7Policy(aRead({}), aPolicy(1))).toThrow(ListenerNotFound);
    expect(() => createL7Policy(aRead({ listeners }), redirecting)).toThrow(PoolNotFound);
    expect(() => createL7Policy(aRead({ listeners, pools: [aPool(1, leaving)] }), redirecting)).toThrow(
      ImmutableChildError,
    );
    const read = aRead({ listeners, l7_policies: policies(1) });
    expect(() => updateL7Policy(read, id(1), { redirect_pool_id: aPool().id })).toThrow(PoolNotFound);
  });

  it('cannot be changed once it goes away', () => {
    const read = aRead({ listeners, l7_policies: [aPolicy(1, leaving)] });
    expect(() => updateL7Policy(read, id(1), {})).toThrow(ImmutableChildError);
    expect(() => deleteL7Policy(read, id(1))).toThrow(ImmutableChildError);
    expect(() => createL7Rule(read, aRule())).toThrow(ImmutableChildError);
    expect(() => deleteL7Policy(aRead({}), id(1))).toThrow(L7PolicyNotFoundError);
  });
});

describe('an L7 rule', () => {
  const read = aRead({ listeners, l7_policies: policies(1), l7_rules: [aRule()] });

  it('moves its policy and the listener', () => {
    const parents = [id(1), aListener().id];
    expect(outline(createL7Rule(read, aRule(2)))).toMatchObject({ creates: [aRule(2).id], parents });
    expect(outline(updateL7Rule(read, aRule().id, { value: '/a' }))).toMatchObject({
      updates: { [aRule().id]: { value: '/a' } },
      parents,
    });
    expect(outline(deleteL7Rule(read, aRule().id))).toMatchObject({ deletes: [aRule().id], parents });
  });

  it('takes its policy along when that never acted and was refused, and leaves others alone', () => {
    const refused = aChangeState({ was_applied: false, rejected: true });
    const along = (state: ChangeState) => aRead({ ...read.tree }, { [id(1)]: state });
    for (const plan of [
      updateL7Rule(along(refused), aRule().id, { value: '/a' }),
      deleteL7Rule(along(refused), aRule().id),
    ]) {
      expect(outline(plan)).toMatchObject({ updates: { [id(1)]: {} }, parents: [aListener().id] });
    }
    for (const state of [{ was_applied: true }, { rejected: false }]) {
      const other = outline(updateL7Rule(along({ ...refused, ...state }), aRule().id, {}));
      expect([Object.keys(other.updates), other.parents]).toEqual([[aRule().id], [id(1), aListener().id]]);
    }
  });

  it('must be there, and stay', () => {
    expect(() => updateL7Rule(read, aRule(5).id, {})).toThrow(L7RuleNotFoundError);
    const going = aRead({ listeners, l7_policies: policies(1), l7_rules: [aRule(1, leaving)] });
    expect(() => deleteL7Rule(going, aRule().id)).toThrow(ImmutableChildError);
  });
});
