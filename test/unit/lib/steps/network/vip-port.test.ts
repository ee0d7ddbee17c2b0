import { describe, expect, it } from 'vitest';
import type { Port, PortSpec } from '../../../../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError, CloudUnavailableError } from '../../../../../lib/errors/cloud.ts';
import { createVipPort, findVipPort, usableVipPort, vipPortSpec } from '../../../../../lib/steps/network/vip-port.ts';
import { additionalVip, aLoadBalancer } from '../../../../fixtures/render/tree.ts';
import { fakeNetwork } from '../../../functions/network/support.ts';
import { aPort } from '../../drivers/network/support.ts';

const owner = aLoadBalancer({ additional_vips: [additionalVip('2001:db8::10')] });
const whole = aPort(owner.vip.port_id, owner.vip.network_id, [], {
  fixedIps: [owner.vip, ...owner.additional_vips].map((vip) => ({
    subnetId: vip.subnet_id,
    ipAddress: vip.ip_address,
  })),
});
const halved = { ...whole, fixedIps: whole.fixedIps.slice(1) };
const tenants = { ...owner, vip: { ...owner.vip, octavia_owned: false } };

/** Neutron with these ports, and the order in which AllocateVIP asks for the VIP's. */
const at = (...ports: readonly Port[]) => {
  const network = fakeNetwork(ports);
  const ensure = async (of = owner) =>
    (await usableVipPort(network, of)) ?? (await findVipPort(network, of)) ?? (await createVipPort(network, of));
  return { network, ensure };
};

describe("the VIP's port", () => {
  it("is asked for down, with all its addresses, for the load balancer's project", () => {
    const spec: PortSpec = vipPortSpec(owner);
    expect(spec).toMatchObject({
      name: `octavia-lb-${owner.id}`,
      deviceId: `lb-${owner.id}`,
      adminStateUp: false,
      projectId: owner.project_id,
      fixedIps: [
        { subnetId: owner.vip.subnet_id, ipAddress: '192.0.2.10' },
        { subnetId: owner.additional_vips[0]?.subnet_id, ipAddress: '2001:db8::10' },
      ],
    });
    expect(spec).not.toHaveProperty('securityGroupIds');
    expect(spec).not.toHaveProperty('qosPolicyId');
  });

  it("is asked for with the tenant's groups and QoS policy", () => {
    const vip = { ...owner.vip, sg_ids: ['theirs'], qos_policy_id: 'bronze' };
    expect(vipPortSpec({ ...owner, vip })).toMatchObject({ securityGroupIds: ['theirs'], qosPolicyId: 'bronze' });
  });

  it('is left alone when it has its addresses', async () => {
    const { ensure, network } = at(whole);
    expect(await ensure()).toEqual(whole);
    expect(network.calls).toEqual([`getPort ${whole.id}`]);
  });

  it('is found by its name when its id is gone', async () => {
    const moved = { ...whole, id: 'new', name: `octavia-lb-${owner.id}` };
    const { ensure, network } = at(moved);
    expect((await ensure()).id).toBe('new');
    expect(network.calls.some((call) => call.startsWith('createPort'))).toBe(false);
  });

  it('is made again when it is lost', async () => {
    const { ensure } = at();
    expect((await ensure()).fixedIps.map(({ ipAddress }) => ipAddress)).toEqual(['192.0.2.10', '2001:db8::10']);
  });

  it('of ours is replaced when it lost an address', async () => {
    const { ensure, network } = at(halved);
    expect((await ensure()).fixedIps).toHaveLength(2);
    expect(network.calls).toContain(`deletePort ${halved.id}`);
  });

  it('of ours gets the QoS policy it should have, and loses one it should not', async () => {
    const bronze = { ...owner, vip: { ...owner.vip, qos_policy_id: 'bronze' } };
    expect((await at(whole).ensure(bronze)).qosPolicyId).toBe('bronze');
    expect((await at({ ...whole, qosPolicyId: 'bronze' }).ensure()).qosPolicyId).toBeNull();
    const { ensure, network } = at(whole);
    await ensure({ ...bronze, vip: { ...bronze.vip, octavia_owned: false } });
    expect(network.calls).toEqual([`getPort ${whole.id}`]);
  });

  it('of a tenant is never touched', async () => {
    const { ensure, network } = at(halved);
    await expect(ensure(tenants)).rejects.toMatchObject({ name: 'VipAllocationError' });
    expect(network.calls).toEqual([`getPort ${halved.id}`]);
  });

  it("that stands in for a tenant's lost one is the worker's, and is replaced when it lost an address", async () => {
    const standIn = { ...halved, id: 'stand-in', name: `octavia-lb-${owner.id}` };
    const { ensure, network } = at(standIn);
    expect((await ensure(tenants)).fixedIps).toHaveLength(2);
    expect(network.calls).toContain('deletePort stand-in');
  });

  it('is not made again while Neutron cannot be asked', async () => {
    const { ensure, network } = at();
    network.failing.getPort = new CloudUnavailableError('network GET: no answer');
    await expect(ensure()).rejects.toThrow(CloudUnavailableError);
    expect(network.calls.some((call) => call.startsWith('createPort'))).toBe(false);
    network.failing.getPort = new CloudResourceNotFoundError('port', 'x');
    expect(await ensure()).toBeDefined();
  });
});
