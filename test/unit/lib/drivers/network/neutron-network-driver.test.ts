import { afterEach, describe, expect, it } from 'vitest';
import type { PortSpec } from '../../../../../lib/drivers/network/network-driver.ts';
import { neutronNetworkDriver } from '../../../../../lib/drivers/network/neutron-network-driver.ts';
import { closeFakeClouds, givenCloud, type Script } from '../../openstack/fake-cloud.ts';

const V = '/network/v2.0';
const SUBNET = '8f1ad1f6-6d1f-4b5c-8c0e-0123456789ab';
const neutronPort = {
  id: 'p',
  name: 'octavia-lb-1',
  network_id: 'n',
  mac_address: 'fa:16:3e:00:00:01',
  device_id: 'lb-1',
  device_owner: 'Octavia',
  status: 'DOWN',
  admin_state_up: false,
  fixed_ips: [{ subnet_id: SUBNET, ip_address: '10.0.0.5' }],
  security_groups: ['sg'],
  allowed_address_pairs: [{ ip_address: '10.0.0.9', mac_address: 'x' }],
  project_id: 'tenant',
};
const port = {
  id: 'p',
  name: 'octavia-lb-1',
  networkId: 'n',
  macAddress: 'fa:16:3e:00:00:01',
  deviceId: 'lb-1',
  deviceOwner: 'Octavia',
  status: 'DOWN',
  adminStateUp: false,
  fixedIps: [{ subnetId: SUBNET, ipAddress: '10.0.0.5' }],
  securityGroupIds: ['sg'],
  allowedAddressPairs: ['10.0.0.9'],
  qosPolicyId: null,
  projectId: 'tenant',
};
const spec: PortSpec = { name: 'octavia-lb-1', networkId: 'n', fixedIps: [], adminStateUp: false };
const fault = (status: number, type: string, message: string) => ({
  status,
  body: { NeutronError: { type, message, detail: '' } },
});
const given = async (script: Script) => {
  const cloud = await givenCloud(script);
  return { ...cloud, driver: neutronNetworkDriver(cloud.session) };
};
const thrown = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('neutron network driver', () => {
  afterEach(closeFakeClouds);

  it('makes a port with all of the spec in one request', async () => {
    const { driver, asked } = await given({ [`POST ${V}/ports`]: [{ status: 201, body: { port: neutronPort } }] });
    const made = await driver.createPort({
      ...spec,
      fixedIps: [
        { subnetId: 's1', ipAddress: '10.0.0.5' },
        { subnetId: 's2', ipAddress: null },
      ],
      deviceId: 'lb-1',
      projectId: 'tenant',
      securityGroupIds: [],
      allowedAddressPairs: ['10.0.0.9'],
      qosPolicyId: 'q',
      vnicType: 'direct',
    });
    expect(made).toEqual(port);
    expect(asked.map(({ body }) => body)).toEqual([
      {
        port: {
          name: 'octavia-lb-1',
          network_id: 'n',
          device_owner: 'Octavia',
          device_id: 'lb-1',
          project_id: 'tenant',
          'binding:vnic_type': 'direct',
          admin_state_up: false,
          fixed_ips: [{ subnet_id: 's1', ip_address: '10.0.0.5' }, { subnet_id: 's2' }],
          security_groups: [],
          allowed_address_pairs: [{ ip_address: '10.0.0.9' }],
          qos_policy_id: 'q',
        },
      },
    ]);
  });

  it('leaves to Neutron what the spec leaves out', async () => {
    const { driver, asked } = await given({ [`POST ${V}/ports`]: [{ status: 201, body: { port: neutronPort } }] });
    await driver.createPort(spec);
    const body = { name: 'octavia-lb-1', network_id: 'n', device_owner: 'Octavia', admin_state_up: false };
    expect(asked[0]?.body).toEqual({ port: body });
  });

  it.each([
    [409, 'IpAddressAlreadyAllocated', 'IP address 10.0.0.5 already allocated in subnet x', 'VipInUseError'],
    [409, 'IpAddressInUse', 'Unable to complete operation. The IP address 10.0.0.5 is in use.', 'VipInUseError'],
    [409, 'IpAddressGenerationFailure', 'No more IP addresses available on network n.', 'VipAllocationError'],
    [400, 'InvalidIpForSubnet', 'IP address 1.1.1.1 is not a valid IP for the subnet.', 'VipAllocationError'],
    [400, 'InvalidIpForNetwork', 'IP address 1.1.1.1 is not a valid IP for any subnet.', 'VipAllocationError'],
    [400, 'InvalidInput', 'Invalid: fixed_ips included invalid subnet x.', 'VipAllocationError'],
    [404, 'NetworkNotFound', 'Network n could not be found.', 'CloudResourceNotFoundError'],
    [409, 'OverQuota', "Quota exceeded for resources: ['port'].", 'CloudRequestError'],
    [409, 'MacAddressInUse', 'MAC in use.', 'CloudRequestError'],
    [403, 'PolicyNotAuthorized', 'not allowed', 'CloudCredentialsError'],
  ])('takes %i %s (%s) for %s', async (status, type, message, name) => {
    const { driver } = await given({ [`POST ${V}/ports`]: [fault(status, type, message)] });
    const error = await thrown(driver.createPort(spec));
    expect(error).toMatchObject({ name });
    if (name.startsWith('Vip')) expect(error).toMatchObject({ message, resourceId: 'octavia-lb-1' });
  });

  it('says which subnet is missing', async () => {
    const { driver } = await given({
      [`POST ${V}/ports`]: [fault(404, 'SubnetNotFound', `Subnet ${SUBNET} could not be found.`)],
    });
    expect(await thrown(driver.createPort(spec))).toMatchObject({ resource: 'subnet', resourceId: SUBNET });
  });

  it('finds a port by its exact name', async () => {
    const ports = [{ ...neutronPort, id: 'other', name: 'OCTAVIA-LB-1' }, neutronPort];
    const { driver, asked } = await given({ [`GET ${V}/ports`]: [{ status: 200, body: { ports } }] });
    expect(await driver.findPorts('octavia-lb-1', 'n')).toEqual([port]);
    expect(asked[0]?.url).toBe(`${V}/ports?name=octavia-lb-1&network_id=n`);
    expect(await driver.findPorts('octavia-lb-2', 'n')).toEqual([]);
  });

  it('lists the ports of a server, but not those of no server', async () => {
    const { driver, asked } = await given({ [`GET ${V}/ports`]: [{ status: 200, body: { ports: [neutronPort] } }] });
    expect(await driver.listServerPorts('s')).toEqual([port]);
    expect(asked[0]?.url).toBe(`${V}/ports?device_id=s`);
    expect(await thrown(driver.listServerPorts(''))).toMatchObject({ name: 'InvalidArgumentError' });
  });

  it('changes what is asked and nothing else', async () => {
    const { driver, asked } = await given({ [`PUT ${V}/ports/p`]: [{ status: 200, body: { port: neutronPort } }] });
    await driver.updatePort('p', { qosPolicyId: null });
    await driver.updatePort('p', { adminStateUp: false, fixedIps: [], securityGroupIds: [] });
    expect(asked.map(({ body }) => body)).toEqual([
      { port: { qos_policy_id: null } },
      { port: { admin_state_up: false, fixed_ips: [], security_groups: [] } },
    ]);
  });

  it('names the port that is not there to be changed', async () => {
    const { driver } = await given({
      [`PUT ${V}/ports/p`]: [fault(404, 'PortNotFound', `Port ${SUBNET} is not there`)],
    });
    expect(await thrown(driver.updatePort('p', {}))).toMatchObject({ resource: 'port', resourceId: SUBNET });
  });

  it('reads a network and a subnet, with defaults for what a cloud leaves out', async () => {
    const subnet = { id: 's', network_id: 'n', cidr: '10.0.0.0/24', gateway_ip: null, ip_version: 4 };
    const { driver } = await given({
      [`GET ${V}/networks/n`]: [{ status: 200, body: { network: { id: 'n', subnets: ['s'] } } }],
      [`GET ${V}/subnets/s`]: [{ status: 200, body: { subnet } }],
    });
    const network = { id: 'n', name: '', mtu: 1500, subnetIds: ['s'], portSecurityEnabled: true };
    expect(await driver.getNetwork('n')).toEqual(network);
    expect(await driver.getSubnet('s')).toEqual({
      id: 's',
      networkId: 'n',
      cidr: '10.0.0.0/24',
      gatewayIp: null,
      ipVersion: 4,
      hostRoutes: [],
    });
  });

  it('counts free addresses by subnet', async () => {
    const subnet_ip_availability = [{ subnet_id: 's', used_ips: 3, total_ips: 201 }];
    const body = { network_ip_availability: { subnet_ip_availability } };
    const { driver } = await given({ [`GET ${V}/network-ip-availabilities/n`]: [{ status: 200, body }] });
    expect(await driver.freeAddresses('n')).toEqual({ s: 198 });
  });

  it('finds a security group of its own project only', async () => {
    const security_groups = [{ id: 'g', name: 'lb-1' }];
    const { driver, asked } = await given({
      [`GET ${V}/security-groups`]: [{ status: 200, body: { security_groups } }],
    });
    expect(await driver.findSecurityGroup('lb-1')).toBe('g');
    expect(asked[0]?.url).toContain('project_id=service-project');
    expect(await driver.findSecurityGroup('lb-2')).toBeNull();
  });

  it('says that a group is in use, and takes a missing one for deleted', async () => {
    const { driver } = await given({
      [`DELETE ${V}/security-groups/g`]: [fault(409, 'SecurityGroupInUse', 'in use'), { status: 404 }],
    });
    const inUse = { name: 'SecurityGroupInUseError', retryable: true, resourceId: 'g' };
    expect(await thrown(driver.deleteSecurityGroup('g'))).toMatchObject(inUse);
    await driver.deleteSecurityGroup('g');
  });
});
