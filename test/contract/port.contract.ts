import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { DEVICE_OWNER, type PortSpec } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError, VipAllocationError, VipInUseError } from '../../lib/errors/cloud.ts';
import { type CloudUnderContract, CONTRACT_TIMEOUT } from './cloud-under-contract.ts';
import { cleanUp, thrownBy, uniqueName } from './helpers.ts';

/** An address no subnet of a cloud under test has: TEST-NET-3. */
const OUTSIDE = '203.0.113.7';

/** What every cloud's network service must do for the worker's ports. */
export const describePortContract = (getCloud: () => CloudUnderContract): void => {
  describe('port contract', { timeout: CONTRACT_TIMEOUT }, () => {
    const { later, run } = cleanUp();
    afterAll(run, CONTRACT_TIMEOUT);

    const vipPort = (fields: Partial<PortSpec> = {}): PortSpec => {
      const { vipNetworkId, vipSubnetId } = getCloud().facts;
      return {
        name: uniqueName('octavia-lb'),
        networkId: vipNetworkId,
        fixedIps: [{ subnetId: vipSubnetId, ipAddress: null }],
        adminStateUp: false,
        ...fields,
      };
    };
    const made = async (spec: PortSpec) => {
      const { network } = getCloud();
      const port = await network.createPort(spec);
      later(() => network.deletePort(port.id));
      return port;
    };

    it('makes a port as asked, and finds it by name and id', async () => {
      const { network, facts } = getCloud();
      const loadBalancerId = randomUUID();
      const spec = vipPort({
        deviceId: `lb-${loadBalancerId}`,
        projectId: facts.projectId,
        allowedAddressPairs: ['10.99.99.99'],
        securityGroupIds: [],
      });
      const port = await made(spec);
      expect(port).toMatchObject({
        name: spec.name,
        networkId: facts.vipNetworkId,
        deviceId: `lb-${loadBalancerId}`,
        deviceOwner: DEVICE_OWNER,
        adminStateUp: false,
        fixedIps: [{ subnetId: facts.vipSubnetId, ipAddress: expect.any(String) }],
        allowedAddressPairs: ['10.99.99.99'],
        securityGroupIds: [],
        qosPolicyId: null,
        projectId: facts.projectId,
      });
      expect(port.macAddress).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      expect(await network.findPorts(spec.name, facts.vipNetworkId)).toEqual([port]);
      expect(await network.getPort(port.id)).toEqual(port);
      expect(await network.listServerPorts(`lb-${loadBalancerId}`)).toEqual([port]);
    });

    it('finds no port by a name that none has in that network', async () => {
      const { network, facts } = getCloud();
      const spec = vipPort();
      const { id } = await made(spec);
      expect(await network.findPorts(uniqueName('octavia-lb'), facts.vipNetworkId)).toEqual([]);
      expect(await network.findPorts(spec.name, facts.managementNetworkId)).toEqual([]);
      expect((await network.findPorts(spec.name)).map((port) => port.id)).toEqual([id]);
    });

    it('changes only what is asked, twice alike', async () => {
      const { network } = getCloud();
      const port = await made(vipPort());
      const change = { adminStateUp: true, allowedAddressPairs: ['10.99.99.98'] };
      const changed = await network.updatePort(port.id, change);
      expect(changed).toMatchObject({ ...change, name: port.name, fixedIps: port.fixedIps });
      expect(await network.updatePort(port.id, change)).toMatchObject(change);
      expect(await network.updatePort(port.id, { allowedAddressPairs: [] })).toMatchObject({ allowedAddressPairs: [] });
    });

    it('gives an asked-for address, and names it when it is taken', async () => {
      const { facts } = getCloud();
      const first = await made(vipPort());
      const ipAddress = first.fixedIps[0]?.ipAddress ?? null;
      expect(ipAddress).not.toBeNull();
      const error = await thrownBy(made(vipPort({ fixedIps: [{ subnetId: facts.vipSubnetId, ipAddress }] })));
      expect(error).toBeInstanceOf(VipInUseError);
      expect(String(error)).toContain(ipAddress);
    });

    it('frees an address with its port', async () => {
      const { network, facts } = getCloud();
      const first = await made(vipPort());
      await network.deletePort(first.id);
      const ipAddress = first.fixedIps[0]?.ipAddress ?? null;
      const again = await made(vipPort({ fixedIps: [{ subnetId: facts.vipSubnetId, ipAddress }] }));
      expect(again.fixedIps[0]?.ipAddress).toBe(ipAddress);
    });

    it('names an address outside the subnet, and what is no address', async () => {
      const { facts } = getCloud();
      for (const ipAddress of [OUTSIDE, 'not-an-address']) {
        const error = await thrownBy(made(vipPort({ fixedIps: [{ subnetId: facts.vipSubnetId, ipAddress }] })));
        expect(error).toBeInstanceOf(VipAllocationError);
      }
    });

    it('names a missing subnet and a missing network', async () => {
      const missing = randomUUID();
      const noSubnet = await thrownBy(made(vipPort({ fixedIps: [{ subnetId: missing, ipAddress: null }] })));
      expect(noSubnet).toBeInstanceOf(CloudResourceNotFoundError);
      expect(noSubnet).toMatchObject({ resource: 'subnet', resourceId: missing });
      const noNetwork = await thrownBy(made(vipPort({ networkId: missing, fixedIps: [] })));
      expect(noNetwork).toBeInstanceOf(CloudResourceNotFoundError);
      expect(noNetwork).toMatchObject({ resource: 'network', resourceId: missing });
    });

    it('deletes a port, and again', async () => {
      const { network } = getCloud();
      const port = await made(vipPort());
      await network.deletePort(port.id);
      await network.deletePort(port.id);
      expect(await thrownBy(network.getPort(port.id))).toBeInstanceOf(CloudResourceNotFoundError);
      const update = await thrownBy(network.updatePort(port.id, { adminStateUp: true }));
      expect(update).toBeInstanceOf(CloudResourceNotFoundError);
      expect(update).toMatchObject({ resource: 'port', resourceId: port.id });
    });

    it('shows networks, subnets and free addresses', async () => {
      const { network, facts } = getCloud();
      const vipNetwork = await network.getNetwork(facts.vipNetworkId);
      expect(vipNetwork).toMatchObject({ id: facts.vipNetworkId, portSecurityEnabled: true });
      expect(vipNetwork.subnetIds).toContain(facts.vipSubnetId);
      expect(vipNetwork.mtu).toBeGreaterThan(0);
      const subnet = await network.getSubnet(facts.vipSubnetId);
      expect(subnet).toMatchObject({ id: facts.vipSubnetId, networkId: facts.vipNetworkId });
      expect(subnet.cidr).toContain('/');
      const free = await network.freeAddresses(facts.vipNetworkId);
      expect(free[facts.vipSubnetId]).toBeGreaterThan(0);
    });

    it('fails by name for networks, subnets, policies and groups that are not there', async () => {
      const { network } = getCloud();
      const missing = randomUUID();
      const calls = [
        network.getNetwork(missing),
        network.getSubnet(missing),
        network.getQosPolicy(missing),
        network.getSecurityGroup(missing),
      ];
      for (const error of await Promise.all(calls.map(thrownBy))) {
        expect(error).toBeInstanceOf(CloudResourceNotFoundError);
      }
    });
  });
};
