import { beforeAll, describe, expect, it } from 'vitest';
import { createBasePort } from '../../../../functions/network/create-base-port.ts';
import {
  AmphoraUnreachableError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
} from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { basePortName } from '../../../../lib/models/names.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import { listResources } from '../../../../lib/repositories/cloud/external-resources.ts';
import { getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { commitNewLoadBalancer } from '../../../../lib/repositories/locks/commits.ts';
import { beginRollback } from '../../../../lib/repositories/locks/settlements.ts';
import { updateLoadBalancer } from '../../../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { newMember, newPool } from '../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { asMember, createRequest, flowOf } from '../../lib/repositories/support/stored.ts';
import { fakeServers } from '../compute/support.ts';
import { quiet } from '../support/quiet.ts';
import { fakeNetwork } from './support.ts';

beforeAll(useTable);

/** A load balancer that is created with members on these subnets. */
const creating = async (...subnetIds: readonly string[]) => {
  const loadBalancer = newLoadBalancer();
  const pool = newPool(loadBalancer);
  const members = subnetIds.map((subnet_id, index) => newMember(pool, { subnet_id, ip_address: `10.5.0.${index}` }));
  const children: readonly Child[] = [{ kind: 'pool', object: pool }, ...members.map(asMember)];
  const flow = flowOf(await commitNewLoadBalancer(loadBalancer, createRequest, subnetIds.length === 0 ? [] : children));
  const amphora_id = crypto.randomUUID();
  const network = fakeNetwork();
  const agent = { isDead: false };
  const servers = fakeServers();
  const agents = {
    getInfo: async () => {
      if (agent.isDead) throw new AmphoraUnreachableError('nothing there');
      return { apiVersion: '1.0', haproxyVersion: '2.8', hostname: 'amphora' };
    },
  };
  const build = createBasePort(network, { compute: { ...servers, attachPort: async () => undefined }, agents });
  const run = (spare = false) =>
    build({ loadbalancer_id: loadBalancer.id, amphora_id, role: 'STANDALONE', spare }, flow, quiet);
  const ledger = () => listResources({ loadbalancer_id: loadBalancer.id, amphora_id });
  return { loadBalancer, flow, amphora_id, network, run, ledger };
};

describe('CreateBasePort', () => {
  it('writes the amphora, makes its port for the VIP, and answers what the agent must know', async () => {
    const { loadBalancer, amphora_id, network, run, ledger } = await creating();
    const { plug } = await run();
    const [port] = [...network.ports.values()];
    expect(port).toMatchObject({
      name: basePortName(amphora_id),
      networkId: loadBalancer.vip.network_id,
      allowedAddressPairs: [loadBalancer.vip.ip_address],
    });
    expect(plug).toMatchObject({
      macAddress: port?.macAddress,
      vrrpIp: '10.9.9.9',
      mtu: 1450,
      vip: { ipAddress: loadBalancer.vip.ip_address },
    });
    expect(await getAmphora(amphora_id)).toMatchObject({
      status: 'PENDING_CREATE',
      role: 'STANDALONE',
      vrrp_port_id: port?.id,
      vrrp_ip: '10.9.9.9',
      ha_ip: loadBalancer.vip.ip_address,
    });
    expect(await ledger()).toMatchObject([{ kind: 'port', resource_id: port?.id }]);
  });

  it('makes one port, however often it runs', async () => {
    const { network, run } = await creating();
    const first = await run();
    expect(await run()).toEqual(first);
    expect(network.ports.size).toBe(1);
  });

  it('trap 26: finds the port of a former attempt that died before it could note it', async () => {
    const { network, run, amphora_id } = await creating();
    const { createPort } = network;
    network.createPort = async (spec) => {
      await createPort(spec);
      throw new CloudUnavailableError('network POST /ports: no answer');
    };
    await expect(run()).rejects.toThrow(CloudUnavailableError);
    expect(await getAmphora(amphora_id)).toMatchObject({ vrrp_port_id: null });
    await run();
    expect(network.ports.size).toBe(1);
    expect(await getAmphora(amphora_id)).toMatchObject({ vrrp_port_id: [...network.ports.keys()][0] });
  });

  it('has one port in a member network when an attempt fails whose other request is still on its way', async () => {
    const { network, run, amphora_id } = await creating('s1');
    const { createPort } = network;
    const memberAnswers = Promise.withResolvers<void>();
    network.createPort = async (spec) => {
      if (spec.name === basePortName(amphora_id)) throw new CloudUnavailableError('network POST /ports: 503');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await createPort(spec);
      memberAnswers.resolve();
      throw new CloudUnavailableError('network POST /ports: no answer');
    };
    await expect(run()).rejects.toThrow('503');
    network.createPort = createPort;
    await run();
    await memberAnswers.promise;
    const networks = [...network.ports.values()].map(({ networkId }) => networkId);
    expect(networks.filter((id) => id === 'net of s1')).toHaveLength(1);
  });

  it('makes the port with a new security group and without its QoS policy, when both are gone in Neutron', async () => {
    const { network, run, flow, loadBalancer } = await creating();
    const vip = { ...loadBalancer.vip, qos_policy_id: 'gone' };
    await updateLoadBalancer(flow, { security_group_id: 'lost', vip });
    const { createPort } = network;
    network.createPort = async (spec) => {
      if (spec.securityGroupIds?.includes('lost')) throw new CloudResourceNotFoundError('security group', 'lost');
      if (spec.qosPolicyId === 'gone') throw new CloudResourceNotFoundError('QoS policy', 'gone');
      return await createPort(spec);
    };
    await run();
    const { security_group_id: group } = await getLoadBalancer(loadBalancer.id);
    expect([...network.groups.values()]).toEqual([group]);
    expect([...network.ports.values()]).toMatchObject([{ securityGroupIds: [group], qosPolicyId: null }]);
  });

  it('makes those ports for members with a usable subnet, and leaves the others to the rejection', async () => {
    const { network, run } = await creating('lost', 'full', 's1');
    network.lost.add('lost');
    network.full.add('full');
    await run();
    const networks = [...network.ports.values()].map(({ networkId }) => networkId);
    expect(networks.filter((id) => id.startsWith('net of'))).toEqual(['net of s1']);
  });

  it('asks Neutron for nothing once its fence is lost', async () => {
    const { flow, network, run } = await creating();
    await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    await expect(run()).rejects.toThrow(OperationSuperseded);
    expect(network.calls).toEqual([]);
  });
});
