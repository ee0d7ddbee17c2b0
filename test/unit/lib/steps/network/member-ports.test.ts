import { describe, expect, it } from 'vitest';
import { changeSubnets, planMemberPorts } from '../../../../../lib/steps/network/member-ports.ts';
import { aPort } from '../../drivers/network/support.ts';

const base = aPort('base', 'vip-net', ['vip-subnet']);
const own = { id: 'base', vipSubnetId: 'vip-subnet' };
const on = (id: string, networkId: string) => ({ id, networkId });

describe('the plan of member ports', () => {
  it('is empty when every subnet is reached', () => {
    const ports = [base, aPort('p1', 'net-1', ['s1', 's2'])];
    expect(planMemberPorts(ports, [on('s2', 'net-1'), on('s1', 'net-1')], own)).toEqual({
      plug: [],
      change: [],
      unplug: [],
    });
  });

  it('plugs one port for each network, with all its subnets', () => {
    const { plug } = planMemberPorts([base], [on('s2', 'net-1'), on('s1', 'net-1'), on('s3', 'net-2')], own);
    expect(plug).toEqual([
      { networkId: 'net-1', subnetIds: ['s1', 's2'] },
      { networkId: 'net-2', subnetIds: ['s3'] },
    ]);
  });

  it('changes a port whose subnets are others', () => {
    const port = aPort('p1', 'net-1', ['s1', 's2']);
    const { change } = planMemberPorts([base, port], [on('s2', 'net-1'), on('s3', 'net-1')], own);
    expect(change).toEqual([{ port, subnetIds: ['s2', 's3'] }]);
  });

  it('unplugs unused networks, and never the base port', () => {
    const port = aPort('p1', 'net-1', ['s1']);
    expect(planMemberPorts([base, port], [], own)).toEqual({ plug: [], change: [], unplug: [port] });
  });

  it("reaches members in the VIP's network by the base port, which keeps the VIP's subnet", () => {
    const { plug, change } = planMemberPorts([base], [on('s9', 'vip-net')], own);
    expect(plug).toEqual([]);
    expect(change).toEqual([{ port: base, subnetIds: ['s9', 'vip-subnet'] }]);
  });

  it("takes the base port back to the VIP's subnet when they are gone", () => {
    const wide = aPort('base', 'vip-net', ['s9', 'vip-subnet']);
    expect(planMemberPorts([wide], [], own).change).toEqual([{ port: wide, subnetIds: ['vip-subnet'] }]);
  });
});

describe('a change of subnets', () => {
  it('keeps the addresses that stay', async () => {
    const asked: unknown[] = [];
    const network = {
      updatePort: async (_id: string, change: unknown) => {
        asked.push(change);
        return base;
      },
    };
    await changeSubnets(network, aPort('p1', 'net-1', ['s1', 's2']), ['s2', 's3']);
    expect(asked).toEqual([
      {
        fixedIps: [
          { subnetId: 's2', ipAddress: '10.0.0.2' },
          { subnetId: 's3', ipAddress: null },
        ],
      },
    ]);
  });
});
