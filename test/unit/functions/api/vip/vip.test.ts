import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WantedVip } from '../../../../../functions/api/vip/fields.ts';
import { resolveVip } from '../../../../../functions/api/vip/vip.ts';
import { CloudCredentialsError, CloudUnavailableError } from '../../../../../lib/errors/cloud.ts';
import { SETTINGS } from '../support/api.ts';
import { type FakeSubnet, fakeNetwork, NETWORK_ID, SUBNET_V4, SUBNET_V6 } from '../support/fake-network.ts';

const resolve = (wanted: WantedVip, network = fakeNetwork(), settings: Partial<typeof SETTINGS> = {}) =>
  resolveVip(wanted, {
    lookup: network,
    freeAddresses: network.freeAddresses,
    settings: { ...SETTINGS, ...settings },
  });

const SMALL: FakeSubnet = { id: '11111111-2222-4333-8444-555555555555', cidr: '10.9.0.0/30', free: 1 };
const UNKNOWN = '99999999-2222-4333-8444-555555555555';
const POLICY = '88888888-2222-4333-8444-555555555555';

const portWith = async (network: ReturnType<typeof fakeNetwork>, subnetIds: readonly string[], deviceId = '') => {
  const fixedIps = subnetIds.map((subnetId) => ({ subnetId, ipAddress: null }));
  return await network.createPort({ name: 'mine', networkId: NETWORK_ID, fixedIps, adminStateUp: true, deviceId });
};

describe('a VIP in a subnet', () => {
  it('takes one look', async () => {
    const network = fakeNetwork();
    const vip = await resolve({ vip_subnet_id: SUBNET_V4.id, vip_address: '10.1.0.7' }, network);
    expect(vip).toMatchObject({ network_id: NETWORK_ID, subnet_id: SUBNET_V4.id, ip_address: '10.1.0.7', port: null });
    expect(network.calls).toEqual(['getSubnet']);
  });

  it('is refused when the subnet is not there, or not for the caller to see', async () => {
    const hidden = fakeNetwork();
    hidden.instead.getSubnet = () => Promise.reject(new CloudCredentialsError('403'));
    const text = (id: string) => `Subnet ${id} not found.`;
    await expect(resolve({ vip_subnet_id: UNKNOWN })).rejects.toThrow(text(UNKNOWN));
    await expect(resolve({ vip_subnet_id: SUBNET_V4.id }, hidden)).rejects.toThrow(text(SUBNET_V4.id));
  });

  it('fails with the service when that is away', async () => {
    const network = fakeNetwork();
    network.instead.getSubnet = () => Promise.reject(new CloudUnavailableError('away'));
    await expect(resolve({ vip_subnet_id: SUBNET_V4.id }, network)).rejects.toBeInstanceOf(CloudUnavailableError);
  });
});

describe('a VIP in a network', () => {
  it('goes to the first subnet with room, IPv4 before IPv6', async () => {
    const network = fakeNetwork([SMALL, SUBNET_V6, SUBNET_V4]);
    expect((await resolve({ vip_network_id: NETWORK_ID }, network)).subnet_id).toBe(SUBNET_V4.id);
  });

  it('needs no look at the subnets when only one has room', async () => {
    const network = fakeNetwork([SMALL, SUBNET_V6]);
    expect((await resolve({ vip_network_id: NETWORK_ID }, network)).subnet_id).toBe(SUBNET_V6.id);
    expect(network.calls.toSorted()).toEqual(['freeAddresses', 'getNetwork']);
  });

  it('needs an address more for two amphorae', async () => {
    const network = fakeNetwork([{ ...SUBNET_V4, free: 2 }]);
    await resolve({ vip_network_id: NETWORK_ID }, network);
    await expect(
      resolve({ vip_network_id: NETWORK_ID }, network, { loadbalancerTopology: 'ACTIVE_STANDBY' }),
    ).rejects.toThrow('Validation failure: Subnet(s) in the supplied network do not contain enough available IPs.');
  });

  it('goes to the subnet that holds the address', async () => {
    const network = fakeNetwork([SUBNET_V4, SUBNET_V6]);
    const wanted = { vip_network_id: NETWORK_ID, vip_address: '2001:db8::5' };
    expect(await resolve(wanted, network)).toMatchObject({ subnet_id: SUBNET_V6.id, ip_address: '2001:db8::5' });
  });

  it.each([
    [{ vip_network_id: UNKNOWN }, [SUBNET_V4], `Network ${UNKNOWN} not found.`],
    [{ vip_network_id: NETWORK_ID }, [], 'Validation failure: Supplied network does not contain a subnet.'],
    [
      { vip_network_id: NETWORK_ID, vip_address: '192.0.2.1' },
      [SUBNET_V4],
      'Validation failure: Supplied network does not contain a subnet for VIP address specified.',
    ],
    [{ vip_network_id: NETWORK_ID, vip_subnet_id: UNKNOWN }, [SUBNET_V4], `Subnet ${UNKNOWN} not found.`],
  ])('is refused for %j', async (wanted, subnets, text) => {
    await expect(resolve(wanted, fakeNetwork(subnets))).rejects.toThrow(text);
  });
});

describe('a VIP on a port', () => {
  it('takes the only address of the port', async () => {
    const network = fakeNetwork();
    const port = await portWith(network, [SUBNET_V4.id]);
    expect(await resolve({ vip_port_id: port.id }, network)).toMatchObject({
      port: { id: port.id },
      network_id: NETWORK_ID,
      subnet_id: SUBNET_V4.id,
      ip_address: port.fixedIps[0]?.ipAddress,
    });
  });

  it('takes the address that is named, however it is written, or the one in the subnet', async () => {
    const network = fakeNetwork([SUBNET_V4, SUBNET_V6]);
    const port = await portWith(network, [SUBNET_V4.id, SUBNET_V6.id]);
    const address = port.fixedIps[1]?.ipAddress ?? '';
    const written = address.replace('::', ':0:0:0:0:0:').toUpperCase();
    const byAddress = await resolve({ vip_port_id: port.id, vip_address: written }, network);
    const bySubnet = await resolve({ vip_port_id: port.id, vip_subnet_id: SUBNET_V6.id }, network);
    expect([byAddress.ip_address, bySubnet.ip_address]).toEqual([address, address]);
  });

  it.each([
    [{}, POLICY],
    [{ vip_qos_policy_id: null }, null],
  ])('with %j has the QoS policy %s, its port having one', async (fields, policy) => {
    const network = fakeNetwork();
    const { id } = await network.createPort({
      name: 'mine',
      networkId: NETWORK_ID,
      fixedIps: [{ subnetId: SUBNET_V4.id, ipAddress: null }],
      adminStateUp: true,
      qosPolicyId: POLICY,
    });
    expect((await resolve({ vip_port_id: id, ...fields }, network)).qos_policy_id).toBe(policy);
  });

  it('is refused when the port is used', async () => {
    const network = fakeNetwork();
    const port = await portWith(network, [SUBNET_V4.id], 'server-1');
    await expect(resolve({ vip_port_id: port.id }, network)).rejects.toThrow(
      `Validation failure: Port ${port.id} is already used by device server-1`,
    );
  });

  it.each([
    [{}, "VIP port's subnet could not be determined. Please specify either a VIP subnet or address."],
    [{ vip_address: '10.1.0.250' }, 'Specified VIP address not found on the specified VIP port.'],
    [{ vip_subnet_id: SMALL.id }, 'No VIP address found on the specified VIP port within the specified subnet.'],
  ])('is refused when %j does not say which address', async (hint, text) => {
    const network = fakeNetwork([SUBNET_V4, SUBNET_V6, SMALL]);
    const port = await portWith(network, [SUBNET_V4.id, SUBNET_V6.id]);
    await expect(resolve({ vip_port_id: port.id, ...hint }, network)).rejects.toThrow(text);
  });
});

describe('further addresses', () => {
  it('are looked at together with the first one', async () => {
    const network = fakeNetwork([SUBNET_V4, SUBNET_V6]);
    const additional_vips = [{ subnet_id: SUBNET_V6.id }];
    const { additional } = await resolve({ vip_subnet_id: SUBNET_V4.id, additional_vips }, network);
    expect(additional).toEqual([{ subnet_id: SUBNET_V6.id, ip_address: '' }]);
    expect(network.calls).toEqual(['getSubnet', 'getSubnet']);
  });

  it('in one subnet are told before a security group that is missing, whichever answer is first', async () => {
    const network = fakeNetwork();
    network.instead.getSubnet = async (id) => {
      await setImmediate();
      return await fakeNetwork().getSubnet(id);
    };
    const wanted = {
      vip_subnet_id: SUBNET_V4.id,
      additional_vips: [{ subnet_id: SUBNET_V4.id }],
      vip_sg_ids: [UNKNOWN],
    };
    await expect(resolve(wanted, network)).rejects.toThrow('Duplicate VIP subnet(s) specified.');
  });

  it('are refused in the same subnet, and in another network', async () => {
    const network = fakeNetwork([SUBNET_V4, SUBNET_V6]);
    const twice = resolve({ vip_subnet_id: SUBNET_V4.id, additional_vips: [{ subnet_id: SUBNET_V4.id }] }, network);
    await expect(twice).rejects.toThrow('Duplicate VIP subnet(s) specified.');
    network.instead.getSubnet = async (id) => ({
      id,
      networkId: id,
      cidr: '10.0.0.0/8',
      gatewayIp: null,
      ipVersion: 4,
      hostRoutes: [],
    });
    const apart = resolve({ vip_subnet_id: SUBNET_V4.id, additional_vips: [{ subnet_id: SUBNET_V6.id }] }, network);
    await expect(apart).rejects.toThrow('All VIP subnets must belong to the same network.');
  });
});

describe('what a deployment allows', () => {
  const subnet = { vip_subnet_id: SUBNET_V4.id };
  const refused = 'Supplied VIP network_id is not allowed by the configuration of this deployment.';

  it('is asked for when nothing says where the VIP is to be', async () => {
    await expect(resolve({})).rejects.toThrow(
      'Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.',
    );
    await expect(resolve({}, fakeNetwork(), { allowVipPortId: false })).rejects.toThrow(
      'VIP must contain one of: vip_network_id, vip_subnet_id.',
    );
  });

  it('refuses a source that is switched off', async () => {
    await expect(resolve(subnet, fakeNetwork(), { allowVipSubnetId: false })).rejects.toThrow(
      "use of vip_subnet_id is disallowed by this deployment's configuration.",
    );
  });

  it('refuses networks that are not listed, and those that are denied', async () => {
    await expect(resolve(subnet, fakeNetwork(), { validVipNetworks: [UNKNOWN] })).rejects.toThrow(refused);
    await expect(resolve(subnet, fakeNetwork(), { denylistVipNetworks: [NETWORK_ID] })).rejects.toThrow(refused);
    const listed = await resolve(subnet, fakeNetwork(), { validVipNetworks: [NETWORK_ID.toUpperCase()] });
    expect(listed.network_id).toBe(NETWORK_ID);
  });

  it('refuses a QoS policy or a security group that is not there', async () => {
    await expect(resolve({ ...subnet, vip_qos_policy_id: UNKNOWN })).rejects.toThrow(
      `qos_policy ${UNKNOWN} not found.`,
    );
    await expect(resolve({ ...subnet, vip_sg_ids: [UNKNOWN] })).rejects.toThrow(`Security Group ${UNKNOWN} not found.`);
  });
});
