import { describe, expect, it } from 'vitest';
import { memberSubnetIds, reachableTree } from '../../../../../lib/steps/network/member-networks.ts';
import { aLoadBalancer, aMember, aPool, aTree } from '../../../../fixtures/render/tree.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;

describe('the subnets of the members', () => {
  it("are each there once, sorted, without the VIP's own", () => {
    const { vip } = aLoadBalancer();
    const members = ['s2', 's1', 's2', null, vip.subnet_id].map((subnet_id, index) =>
      aMember(index + 1, { subnet_id }),
    );
    expect(memberSubnetIds(aTree({ pools: [aPool()], members }))).toEqual(['s1', 's2']);
  });

  it('do not count members that go away, by themselves or with their pool', () => {
    const members = [
      aMember(1, { subnet_id: 's1', ...leaving }),
      aMember(2, { subnet_id: 's2', pool_id: aPool(2).id }),
      aMember(3, { subnet_id: 's3' }),
    ];
    expect(memberSubnetIds(aTree({ pools: [aPool(), aPool(2, leaving)], members }))).toEqual(['s3']);
  });
});

describe('the members an amphora can reach', () => {
  it("are those of its subnets, of the VIP's own, and of none that is named", () => {
    const { vip } = aLoadBalancer();
    const members = ['s1', 's2', null, vip.subnet_id].map((subnet_id, index) => aMember(index + 1, { subnet_id }));
    const reached = reachableTree(aTree({ pools: [aPool()], members }), ['s2']).members;
    expect(reached.map(({ subnet_id }) => subnet_id)).toEqual(['s2', null, vip.subnet_id]);
  });
});
