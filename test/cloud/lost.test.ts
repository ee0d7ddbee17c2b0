import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { novaComputeDriver } from '../../lib/drivers/compute/nova-compute-driver.ts';
import { neutronNetworkDriver } from '../../lib/drivers/network/neutron-network-driver.ts';
import { securityGroupName, serverGroupName } from '../../lib/models/names.ts';
import { listIngressRules } from '../../lib/openstack/network/security-group-rules/requests.ts';
import { amphoraeOfVip } from './amphora.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';

const shown = z.object({
  id: z.string(),
  vip_address: z.string(),
  vip_network_id: z.string(),
  vip_port_id: z.string(),
  provisioning_status: z.string(),
});
type Shown = z.infer<typeof shown>;

describe('a load balancer whose resources were deleted in Neutron and Nova', () => {
  const real = useRealStack({
    LOADBALANCER_TOPOLOGY: 'ACTIVE_STANDBY',
    NOVA_ENABLE_ANTI_AFFINITY: 'true',
    NOVA_ANTI_AFFINITY_POLICY: 'soft-anti-affinity',
  });
  let made: { readonly api: LoadBalancerApi; readonly operator: LoadBalancerApi; readonly first: Shown } | null = null;
  const its = () => {
    if (made === null) throw new Error('It is there from beforeAll on.');
    const { session } = real();
    return { ...made, network: neutronNetworkDriver(session), compute: novaComputeDriver(session) };
  };

  beforeAll(async () => {
    const { as, facts } = real();
    const [api, operator] = [await as(facts.TEST_TENANT_CLOUD), await as(facts.OS_CLOUD)];
    const { id } = await api.create({ name: 'lost', vip_subnet_id: facts.TEST_VIP_SUBNET });
    made = { api, operator, first: shown.parse(await api.settled(id)) };
    expect(made.first.provisioning_status).toBe('ACTIVE');
  });
  afterAll(async () => {
    if (made === null) return;
    await made.api.call('DELETE', `${LOAD_BALANCERS}/${made.first.id}?cascade=true`);
    await made.api.settled(made.first.id);
  });

  const now = async (): Promise<Shown> => shown.parse(await its().api.settled(its().first.id));
  /** The ports that carry the VIP, and the VIP's own. */
  const portIds = async (): Promise<readonly string[]> => {
    const { vip_address: address, vip_network_id: networkId, vip_port_id } = await now();
    const { session, facts } = real();
    const amphorae = await amphoraeOfVip(session, { address, networkId }, facts.AMP_BOOT_NETWORK_LIST);
    return [vip_port_id, ...amphorae.map(({ basePortId }) => basePortId)];
  };
  const group = () => its().network.findSecurityGroup(securityGroupName(its().first.id));
  const loseGroup = async (): Promise<string> => {
    const { network } = its();
    const lost = String(await group());
    for (const portId of await portIds()) await network.updatePort(portId, { securityGroupIds: [] });
    await network.deleteSecurityGroup(lost);
    return lost;
  };
  const groupsOfPorts = async () => {
    const { network } = its();
    const ports = await Promise.all((await portIds()).map((portId) => network.getPort(portId)));
    return ports.map(({ securityGroupIds }) => securityGroupIds);
  };

  it('is failed over without its security group and its server group, and has both again', async () => {
    const { operator, compute, first } = its();
    const lost = await loseGroup();
    const lostServers = String(await compute.findServerGroup(serverGroupName(first.id)));
    await compute.deleteServerGroup(lostServers);
    expect((await operator.call('PUT', `${LOAD_BALANCERS}/${first.id}/failover`)).status).toBe(202);
    expect((await now()).provisioning_status).toBe('ACTIVE');
    const again = await group();
    expect(again).not.toBe(lost);
    expect(await groupsOfPorts()).toEqual([[again], [again], [again]]);
    expect(await compute.findServerGroup(serverGroupName(first.id))).toEqual(expect.not.stringMatching(lostServers));
  });

  it('takes a listener without its security group, and has it again with the rule', async () => {
    const { api, first } = its();
    await loseGroup();
    const listener = { protocol: 'TCP', protocol_port: 4711, loadbalancer_id: first.id };
    expect((await api.call('POST', '/v2.0/lbaas/listeners', { listener })).status).toBe(201);
    expect((await now()).provisioning_status).toBe('ACTIVE');
    const again = String(await group());
    expect(await groupsOfPorts()).toEqual([[again], [again], [again]]);
    const rules = await listIngressRules(real().session, [again]);
    expect(rules.map(({ port_range_min }) => port_range_min)).toContain(4711);
  });

  it('takes an update without the port of its VIP, and has the address again', async () => {
    const { api, network, first } = its();
    await network.deletePort((await now()).vip_port_id);
    const renamed = { loadbalancer: { name: 'found' } };
    expect((await api.call('PUT', `${LOAD_BALANCERS}/${first.id}`, renamed)).status).toBe(200);
    const { provisioning_status, vip_port_id } = await now();
    expect([provisioning_status, vip_port_id === first.vip_port_id]).toEqual(['ACTIVE', false]);
    const port = await network.getPort(vip_port_id);
    expect(port.fixedIps.map(({ ipAddress }) => ipAddress)).toEqual([first.vip_address]);
  });

  it('is deleted without any of them', async () => {
    const { api, network, compute, first } = its();
    await loseGroup();
    await network.deletePort((await now()).vip_port_id);
    await compute.deleteServerGroup(String(await compute.findServerGroup(serverGroupName(first.id))));
    expect((await api.call('DELETE', `${LOAD_BALANCERS}/${first.id}?cascade=true`)).status).toBe(204);
    expect(await api.settled(first.id)).toBeNull();
    expect(await real().leftovers.settled()).toEqual([]);
  });
});
