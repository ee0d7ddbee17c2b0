import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { CloudUnavailableError, VipInUseError } from '../../../../../lib/errors/cloud.ts';
import { listResources } from '../../../../../lib/repositories/cloud/external-resources.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { listOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../../helpers/table.ts';
import { type TestApi, testApi } from '../support/api.ts';
import { fakeNetwork, NETWORK_ID, SUBNET_V4, SUBNET_V6 } from '../support/fake-network.ts';
import { faultOf, loadBalancerOf } from '../support/read.ts';

beforeAll(useTable);

const PATH = '/v2.0/lbaas/loadbalancers';

const post = (api: TestApi, fields: object, token = api.tokenFor(randomUUID(), 'member')) =>
  api.call(PATH, { method: 'POST', token, body: { loadbalancer: fields } });

describe('POST of a load balancer', () => {
  it('answers 201 with its address and port, and commits what it answers', async () => {
    const api = testApi();
    const projectId = randomUUID();
    const fields = { name: 'web', vip_subnet_id: SUBNET_V4.id, tags: ['a', 'a', 'b'], description: null };
    const answer = await post(api, fields, api.tokenFor(projectId, 'member'));
    expect(answer.status).toBe(201);
    const shown = loadBalancerOf(answer);
    const [port] = api.network.ports.values();
    expect(shown).toMatchObject({
      name: 'web',
      description: '',
      project_id: projectId,
      tenant_id: projectId,
      admin_state_up: true,
      provisioning_status: 'PENDING_CREATE',
      operating_status: 'OFFLINE',
      provider: 'amphora',
      vip_address: port?.fixedIps[0]?.ipAddress,
      vip_port_id: port?.id,
      vip_subnet_id: SUBNET_V4.id,
      vip_network_id: NETWORK_ID,
      tags: ['a', 'b'],
      listeners: [],
      pools: [],
      flavor_id: null,
      availability_zone: null,
      updated_at: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
    });
    const row = await getLoadBalancer(shown.id);
    expect(row).toMatchObject({ vip: { port_id: port?.id, octavia_owned: true }, topology: 'SINGLE', generation: 1 });
    const [operation] = await listOperations(shown.id);
    expect(operation).toMatchObject({
      flow: 'create-load-balancer',
      requester: { project_id: projectId, request_id: answer.headers['x-openstack-request-id'] },
    });
  });

  it('makes the port as the tenant’s, down, under a name that can be found again, and records it', async () => {
    const api = testApi();
    const projectId = randomUUID();
    const { id } = loadBalancerOf(await post(api, { vip_subnet_id: SUBNET_V4.id }, api.tokenFor(projectId, 'member')));
    const [port] = api.network.ports.values();
    expect(port).toMatchObject({ name: `octavia-lb-${id}`, deviceId: `lb-${id}`, adminStateUp: false, projectId });
    expect(await listResources({ loadbalancer_id: id, amphora_id: null })).toMatchObject([
      { kind: 'port', name: `octavia-lb-${id}`, resource_id: port?.id, network_id: NETWORK_ID },
    ]);
  });

  it('asks Neutron for the subnet and the port, and for the network once in a while', async () => {
    const api = testApi();
    await post(api, { vip_subnet_id: SUBNET_V4.id });
    expect(api.network.calls.splice(0).toSorted()).toEqual(['createPort', 'getNetwork', 'getSubnet']);
    await post(api, { vip_subnet_id: SUBNET_V4.id });
    expect(api.network.calls).toEqual(['getSubnet', 'createPort']);
  });

  it('gives every further subnet its address on the same port', async () => {
    const api = testApi({ fake: fakeNetwork([SUBNET_V4, SUBNET_V6]) });
    const additional_vips = [{ subnet_id: SUBNET_V6.id, ip_address: '2001:db8::99' }];
    const shown = loadBalancerOf(await post(api, { vip_subnet_id: SUBNET_V4.id, additional_vips }));
    expect(shown).toMatchObject({
      additional_vips: [{ subnet_id: SUBNET_V6.id, ip_address: '2001:db8::99', port_id: shown.vip_port_id }],
    });
  });

  it('takes additional VIPs as answers show them, whose port is the one of the VIP', async () => {
    const api = testApi({ fake: fakeNetwork([SUBNET_V4, SUBNET_V6]) });
    const vip = { subnet_id: SUBNET_V6.id, ip_address: '2001:db8::98', port_id: SUBNET_V4.id };
    const shown = loadBalancerOf(await post(api, { vip_subnet_id: SUBNET_V4.id, additional_vips: [vip] }));
    expect(shown).toMatchObject({ additional_vips: [{ ...vip, port_id: shown.vip_port_id }] });
    const answer = await post(api, { vip_subnet_id: SUBNET_V4.id, additional_vips: [{ ...vip, port_id: 'x' }] });
    expect([answer.status, faultOf(answer)]).toEqual([
      400,
      expect.stringMatching(/port_id. Value: 'x'\. Value should be UUID/),
    ]);
  });

  it('has the QoS policy and the security groups that the caller names, and its port has them', async () => {
    const api = testApi();
    const [policy, group] = [randomUUID(), randomUUID()];
    for (const id of [policy, group]) api.network.present.add(id);
    const fields = { vip_subnet_id: SUBNET_V4.id, vip_qos_policy_id: policy, vip_sg_ids: [group, group] };
    const shown = loadBalancerOf(await post(api, fields));
    expect(shown).toMatchObject({ vip_qos_policy_id: policy, vip_sg_ids: [group] });
    expect((await getLoadBalancer(shown.id)).vip).toMatchObject({ qos_policy_id: policy, sg_ids: [group] });
    expect([...api.network.ports.values()]).toMatchObject([{ qosPolicyId: policy, securityGroupIds: [group] }]);
  });

  it('uses the tenant’s own port and leaves it alone', async () => {
    const api = testApi();
    const fixedIps = [{ subnetId: SUBNET_V4.id, ipAddress: null }];
    const spec = { name: 'mine', networkId: NETWORK_ID, fixedIps, adminStateUp: true, securityGroupIds: ['theirs'] };
    const port = await api.network.createPort(spec);
    const shown = loadBalancerOf(await post(api, { vip_port_id: port.id }));
    expect(shown.vip_port_id).toBe(port.id);
    const { vip } = await getLoadBalancer(shown.id);
    expect(vip).toMatchObject({ octavia_owned: false, sg_ids: [], former_sg_ids: ['theirs'] });
    expect(api.network.ports.size).toBe(1);
  });

  it('takes additional VIPs that are on the tenant’s own port, however they are written, and no others', async () => {
    const api = testApi({ fake: fakeNetwork([SUBNET_V4, SUBNET_V6]) });
    const fixedIps = [
      { subnetId: SUBNET_V4.id, ipAddress: null },
      { subnetId: SUBNET_V6.id, ipAddress: '2001:db8::99' },
    ];
    const at = async (address: object) => {
      const spec = { name: 'mine', networkId: NETWORK_ID, fixedIps, adminStateUp: true };
      const { id } = await api.network.createPort(spec);
      const additional_vips = [{ subnet_id: SUBNET_V6.id, ...address }];
      return await post(api, { vip_port_id: id, vip_subnet_id: SUBNET_V4.id, additional_vips });
    };
    for (const address of [{}, { ip_address: '2001:DB8:0::99' }]) {
      const shown = loadBalancerOf(await at(address));
      expect(shown.additional_vips).toEqual([
        { subnet_id: SUBNET_V6.id, ip_address: '2001:db8::99', port_id: shown.vip_port_id },
      ]);
    }
    const other = await at({ ip_address: '2001:db8::98' });
    expect([other.status, faultOf(other)]).toEqual([
      400,
      'Validation failure: No VIP address found on the VIP port within the specified subnet.',
    ]);
    expect(api.network.ports.size).toBe(3);
  });

  it('takes a port of the tenant’s for one load balancer, not for two', async () => {
    const api = testApi();
    const token = api.tokenFor(randomUUID(), 'member');
    const fixedIps = [{ subnetId: SUBNET_V4.id, ipAddress: null }];
    const port = await api.network.createPort({ name: 'mine', networkId: NETWORK_ID, fixedIps, adminStateUp: true });
    const { id } = loadBalancerOf(await post(api, { vip_port_id: port.id }, token));
    const second = await post(api, { vip_port_id: port.id }, token);
    expect([second.status, faultOf(second)]).toEqual([
      400,
      `Validation failure: Port ${port.id} is already used by device lb-${id}`,
    ]);
  });

  it('takes a port of the tenant’s once, also when two ask for it at the same moment', async () => {
    const api = testApi();
    const token = api.tokenFor(randomUUID(), 'member');
    const fixedIps = [{ subnetId: SUBNET_V4.id, ipAddress: null }];
    const port = await api.network.createPort({ name: 'mine', networkId: NETWORK_ID, fixedIps, adminStateUp: true });
    const both = await Promise.all([1, 2].map(() => post(api, { vip_port_id: port.id }, token)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
    expect(api.network.ports.size).toBe(1);
  });

  it('takes admin_state_up null for false', async () => {
    const shown = loadBalancerOf(await post(testApi(), { vip_subnet_id: SUBNET_V4.id, admin_state_up: null }));
    expect(shown.admin_state_up).toBe(false);
  });
});

describe('a refused POST', () => {
  it.each([
    [{ vip_subnet_id: SUBNET_V4.id, provider: 'f5' }, 400, "Provider 'f5' is not enabled."],
    [{ vip_subnet_id: SUBNET_V4.id, provider: 'toString' }, 400, "Provider 'toString' is not enabled."],
    [{ vip_subnet_id: SUBNET_V4.id, flavor_id: SUBNET_V6.id }, 400, 'Validation failure: Invalid flavor_id.'],
    [{ vip_subnet_id: SUBNET_V4.id, availability_zone: 'z' }, 400, 'Validation failure: Invalid availability zone.'],
    [{ vip_subnet_id: SUBNET_V4.id, vip_sg_ids: [SUBNET_V6.id] }, 400, `Security Group ${SUBNET_V6.id} not found.`],
    [
      { vip_subnet_id: SUBNET_V4.id, listeners: [{ protocol: 'HTTP' }] },
      400,
      "Invalid input for field/attribute protocol_port. Value: 'None'. Mandatory field missing.",
    ],
    [
      { vip_subnet_id: 'x' },
      400,
      "Invalid input for field/attribute vip_subnet_id. Value: 'x'. Value should be UUID format",
    ],
    [{ colour: 'red' }, 400, 'Unknown attribute for argument load_balancer.loadbalancer: colour'],
  ])('of %j is refused with the reason, and makes no port', async (fields, status, text) => {
    const api = testApi();
    const answer = await post(api, fields);
    expect([answer.status, faultOf(answer)]).toEqual([status, text]);
    expect(api.network.ports.size).toBe(0);
  });

  it('takes its port back when a listener has allowed CIDRs beside groups of the tenant’s', async () => {
    const api = testApi();
    const group = randomUUID();
    api.network.present.add(group);
    const listeners = [{ protocol: 'HTTP', protocol_port: 80, allowed_cidrs: ['10.0.0.0/8'] }];
    const answer = await post(api, { vip_subnet_id: SUBNET_V4.id, vip_sg_ids: [group], listeners });
    expect([answer.status, faultOf(answer)]).toEqual([
      400,
      'Validation failure: Allowed CIDRs are not allowed when using custom VIP Security Groups.',
    ]);
    expect(api.network.ports.size).toBe(0);
  });

  it('is 403 for readers, and for other projects unless an administrator asks for one that exists', async () => {
    const api = testApi();
    const fields = { vip_subnet_id: SUBNET_V4.id, project_id: 'theirs' };
    const by = (role: string) => post(api, fields, api.tokenFor('mine', role));
    expect([(await by('member')).status, (await by('reader')).status, (await by('admin')).status]).toEqual([
      403, 403, 201,
    ]);
    const unknown = await post(api, { ...fields, project_id: 'unknown' }, api.tokenFor('mine', 'admin'));
    expect([unknown.status, faultOf(unknown)]).toEqual([400, 'Project unknown not found.']);
  });

  it('is 409 when the address is taken, and leaves nothing', async () => {
    const api = testApi();
    api.network.instead.createPort = () => Promise.reject(new VipInUseError('IP address 10.1.0.5 already allocated'));
    const projectId = randomUUID();
    const answer = await post(api, { vip_subnet_id: SUBNET_V4.id }, api.tokenFor(projectId, 'member'));
    expect([answer.status, faultOf(answer)]).toEqual([
      409,
      'The VIP IP address is already in use: IP address 10.1.0.5 already allocated',
    ]);
    expect(api.network.calls).toContain('findPorts');
  });

  it('takes the port back when Neutron made it and did not answer', async () => {
    const api = testApi();
    api.network.instead.createPort = async (spec) => {
      const { createPort } = api.network.instead;
      delete api.network.instead.createPort;
      await api.network.createPort(spec);
      if (createPort) api.network.instead.createPort = createPort;
      throw new CloudUnavailableError('no answer');
    };
    expect((await post(api, { vip_subnet_id: SUBNET_V4.id })).status).toBe(503);
    expect(api.network.ports.size).toBe(0);
  });

  it('takes the port back when the network does not protect its ports', async () => {
    const api = testApi({ fake: fakeNetwork([SUBNET_V4], { portSecurityEnabled: false }) });
    const answer = await post(api, { vip_subnet_id: SUBNET_V4.id });
    expect([answer.status, faultOf(answer)]).toEqual([
      400,
      'Validation failure: Port security must be enabled on the VIP network.',
    ]);
    expect(api.network.ports.size).toBe(0);
  });

  it('takes its port and the record of it back when the commit fails, and never a tenant’s port', async () => {
    const ids: string[] = [];
    const worker = () => ({
      createLoadBalancer: async ({ id }: { readonly id: string }) => {
        ids.push(id);
        throw new Error('throttled');
      },
      updateLoadBalancer: () => Promise.reject(new Error('unused')),
      deleteLoadBalancer: () => Promise.reject(new Error('unused')),
    });
    const api = testApi({ worker });
    expect((await post(api, { vip_subnet_id: SUBNET_V4.id })).status).toBe(500);
    expect(api.network.ports.size).toBe(0);
    expect(await listResources({ loadbalancer_id: ids[0] ?? '', amphora_id: null })).toEqual([]);

    const fixedIps = [{ subnetId: SUBNET_V4.id, ipAddress: null }];
    const own = await api.network.createPort({ name: 'mine', networkId: NETWORK_ID, fixedIps, adminStateUp: true });
    expect((await post(api, { vip_port_id: own.id })).status).toBe(500);
    expect(api.network.ports.has(own.id)).toBe(true);
  });
});
