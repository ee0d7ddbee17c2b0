import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { IngressRule } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError, SecurityGroupInUseError } from '../../lib/errors/cloud.ts';
import { listIngressRules } from '../../lib/openstack/network/security-group-rules/requests.ts';
import { type CloudUnderContract, CONTRACT_TIMEOUT } from './cloud-under-contract.ts';
import { cleanUp, thrownBy, uniqueName } from './helpers.ts';

const tcp = (port: number, remoteIpPrefix: string | null = null): IngressRule => ({
  ethertype: 'IPv4',
  protocol: 'tcp',
  port,
  remoteIpPrefix,
});

/** What every cloud's network service must do for the worker's security groups. */
export const describeSecurityGroupContract = (getCloud: () => CloudUnderContract): void => {
  describe('security group contract', { timeout: CONTRACT_TIMEOUT }, () => {
    const { later, run } = cleanUp();
    afterAll(run, CONTRACT_TIMEOUT);

    const made = async (name = uniqueName('lb')) => {
      const { network } = getCloud();
      const groupId = await network.createSecurityGroup(name);
      later(() => network.deleteSecurityGroup(groupId));
      return groupId;
    };
    /** Id and meaning of each ingress rule, in an order of their own. */
    const rulesOf = async (groupId: string) =>
      (await listIngressRules(getCloud().session, [groupId]))
        .map(({ id, protocol, port_range_max, remote_ip_prefix }) => ({
          id,
          protocol,
          port_range_max,
          remote_ip_prefix,
        }))
        .sort((a, b) => a.id.localeCompare(b.id));
    const portsOf = async (groupId: string) =>
      (await rulesOf(groupId)).map(({ port_range_max }) => port_range_max ?? 0).sort((a, b) => a - b);

    it('makes a group and finds it by its exact name', async () => {
      const { network } = getCloud();
      const name = uniqueName('lb');
      expect(await network.findSecurityGroup(name)).toBeNull();
      const groupId = await made(name);
      expect(await network.findSecurityGroup(name)).toBe(groupId);
      expect(await network.findSecurityGroup(name.slice(0, -1))).toBeNull();
    });

    it('adds, keeps and removes ingress rules until they are the wanted ones', async () => {
      const { network } = getCloud();
      const groupId = await made();
      await network.syncIngressRules(groupId, [tcp(80), tcp(443)]);
      expect(await portsOf(groupId)).toEqual([80, 443]);
      const kept = (await rulesOf(groupId)).find(({ port_range_max }) => port_range_max === 443);
      await network.syncIngressRules(groupId, [tcp(443), tcp(8080)]);
      expect(await portsOf(groupId)).toEqual([443, 8080]);
      expect(await rulesOf(groupId)).toContainEqual(kept);
      await network.syncIngressRules(groupId, []);
      expect(await rulesOf(groupId)).toEqual([]);
    });

    it('changes nothing when the rules are the wanted ones, however they are written', async () => {
      const { network } = getCloud();
      const groupId = await made();
      const wanted: IngressRule[] = [
        tcp(80, '0.0.0.0/0'),
        tcp(81, '10.1.2.3'),
        tcp(82, '10.1.0.0/16'),
        { ethertype: 'IPv4', protocol: 'udp', port: 80, remoteIpPrefix: null },
        { ethertype: 'IPv6', protocol: 'tcp', port: 80, remoteIpPrefix: '2001:DB8:0::/64' },
        { ethertype: 'IPv4', protocol: '112', port: null, remoteIpPrefix: '10.1.0.0/16' },
        { ethertype: 'IPv4', protocol: '51', port: null, remoteIpPrefix: '10.1.0.0/16' },
      ];
      await network.syncIngressRules(groupId, [...wanted, ...wanted]);
      const rules = await rulesOf(groupId);
      expect(rules).toHaveLength(wanted.length);
      await network.syncIngressRules(groupId, wanted);
      expect(await rulesOf(groupId)).toEqual(rules);
    });

    it('has each rule once after two made them at once and one more looked', async () => {
      const { network } = getCloud();
      const groupId = await made();
      const wanted = [tcp(80), tcp(81), tcp(82)];
      await Promise.all([network.syncIngressRules(groupId, wanted), network.syncIngressRules(groupId, wanted)]);
      await network.syncIngressRules(groupId, wanted);
      expect(await portsOf(groupId)).toEqual([80, 81, 82]);
    });

    it('fails by name for rules of a group that is not there', async () => {
      const error = await thrownBy(getCloud().network.syncIngressRules(randomUUID(), [tcp(80)]));
      expect(error).toBeInstanceOf(CloudResourceNotFoundError);
    });

    it('does not delete a group a port has; then does, and again', async () => {
      const { network, facts } = getCloud();
      const groupId = await made();
      const port = await network.createPort({
        name: uniqueName('octavia-lb'),
        networkId: facts.vipNetworkId,
        fixedIps: [],
        adminStateUp: false,
        securityGroupIds: [groupId],
      });
      later(() => network.deletePort(port.id));
      expect(port.securityGroupIds).toEqual([groupId]);
      expect(await thrownBy(network.deleteSecurityGroup(groupId))).toBeInstanceOf(SecurityGroupInUseError);
      await network.updatePort(port.id, { securityGroupIds: [] });
      await network.deleteSecurityGroup(groupId);
      await network.deleteSecurityGroup(groupId);
    });
  });
};
