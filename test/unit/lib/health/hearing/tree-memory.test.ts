import { describe, expect, it } from 'vitest';
import type { ObservedTree } from '../../../../../lib/health/hearing/observed-tree.ts';
import { createTreeMemory } from '../../../../../lib/health/hearing/tree-memory.ts';

/** With its load balancer it has that many objects and one. */
const remembered = (pools: number) => {
  const tree: ObservedTree = {
    load_balancer: { id: 'lb', enabled: true, provisioning_status: 'ACTIVE', operating_status: 'ONLINE', fence: 1 },
    listeners: [],
    pools: Array.from({ length: pools }, (_, index) => ({ id: `pool ${index}`, operating_status: 'ONLINE' as const })),
    members: [],
  };
  return { tree, spokenOf: '' };
};

describe('what is remembered', () => {
  it('makes way for what is newer, the eldest first, and never has more objects than the limit', () => {
    const memory = createTreeMemory(6);
    const [one, two, three] = [remembered(2), remembered(2), remembered(1)];
    memory.keep('one', one);
    memory.keep('two', two);
    memory.keep('one', one);
    expect([memory.find('one'), memory.find('two')]).toEqual([one, two]);
    memory.keep('three', three);
    expect([memory.find('one'), memory.find('two'), memory.find('three')]).toEqual([one, null, three]);
    memory.keep('large', remembered(6));
    expect(['one', 'two', 'three', 'large'].map((id) => memory.find(id))).toEqual([null, null, null, null]);
  });

  it('leaves room when it is forgotten', () => {
    const memory = createTreeMemory(6);
    memory.keep('one', remembered(2));
    memory.keep('two', remembered(2));
    memory.forget('two');
    memory.forget('two');
    memory.keep('three', remembered(2));
    expect(memory.find('one')).not.toBeNull();
  });
});
