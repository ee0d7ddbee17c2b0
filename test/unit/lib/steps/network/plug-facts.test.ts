import { describe, expect, it } from 'vitest';
import { CloudResourceNotFoundError } from '../../../../../lib/errors/cloud.ts';
import { plugVipFacts, vrrpIpOf } from '../../../../../lib/steps/network/plug-facts.ts';
import { additionalVip, aLoadBalancer } from '../../../../fixtures/render/tree.ts';
import { aPort } from '../../drivers/network/support.ts';

const network = {
  getNetwork: async (id: string) => ({ id, name: 'vip', mtu: 1450, subnetIds: [], portSecurityEnabled: true }),
  getSubnet: async (id: string) => ({
    id,
    networkId: 'net',
    cidr: `cidr of ${id}`,
    gatewayIp: null,
    ipVersion: 4 as const,
    hostRoutes: [{ destination: '198.51.100.0/24', nexthop: '192.0.2.1' }],
  }),
};

describe('what an agent gets about the VIP', () => {
  it('is every address with its subnet and routes, the primary first, and the MTU', async () => {
    const further = additionalVip('192.0.3.10');
    const loadBalancer = aLoadBalancer({ additional_vips: [further] });
    const hostRoutes = [{ destination: '198.51.100.0/24', nexthop: '192.0.2.1' }];
    const { vip } = loadBalancer;
    expect(await plugVipFacts(network, loadBalancer)).toEqual({
      mtu: 1450,
      vip: { ipAddress: vip.ip_address, subnetCidr: `cidr of ${vip.subnet_id}`, gateway: null, hostRoutes },
      additionalVips: [
        { ipAddress: '192.0.3.10', subnetCidr: `cidr of ${further.subnet_id}`, gateway: null, hostRoutes },
      ],
    });
  });

  it('cannot be had when the subnet is gone', async () => {
    const getSubnet = async (id: string) => {
      throw new CloudResourceNotFoundError('subnet', id);
    };
    await expect(plugVipFacts({ ...network, getSubnet }, aLoadBalancer())).rejects.toThrow(CloudResourceNotFoundError);
  });
});

describe("the base port's own address", () => {
  it("is the one in the VIP's subnet, or none", () => {
    const loadBalancer = aLoadBalancer();
    expect(vrrpIpOf(aPort('p', 'n', ['other', loadBalancer.vip.subnet_id]), loadBalancer)).toBe('10.0.0.2');
    expect(vrrpIpOf(aPort('p', 'n', ['other']), loadBalancer)).toBeNull();
  });
});
