import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { getPort } from '../../lib/openstack/network/ports/requests.ts';
import { amphoraeOfVip, askAgent } from './amphora.ts';
import { trafficAddresses } from './instance.ts';
import { useRealStack } from './real-stack.ts';

const loadBalancer = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  provisioning_status: z.string(),
  vip_address: z.string(),
  vip_network_id: z.string(),
  vip_port_id: z.string(),
});
const listed = z.array(z.object({ id: z.string(), name: z.string() }));

describe('a load balancer on a real cloud, by the openstack command', () => {
  const real = useRealStack();
  let created: z.infer<typeof loadBalancer>;

  it('is created, and ACTIVE when the command returns', async () => {
    const { cliAs, facts } = real();
    const cli = await cliAs(facts.TEST_TENANT_CLOUD);
    const subnet = ['--vip-subnet-id', facts.TEST_VIP_SUBNET];
    created = await cli.json(loadBalancer, 'loadbalancer', 'create', '--name', 'web', ...subnet, '--wait');
    expect(created).toMatchObject({ name: 'web', provisioning_status: 'ACTIVE' });
  });

  it('has an amphora with a management port and a base port, whose agent answers in its own name', async () => {
    const { session, facts } = real();
    const management = facts.AMP_BOOT_NETWORK_LIST.split(',')[0] ?? '';
    const vip = { address: created.vip_address, networkId: created.vip_network_id };
    const [amphora, ...others] = await amphoraeOfVip(session, vip, management);
    if (amphora === undefined) throw new Error('no port may carry the VIP');
    expect(others).toEqual([]);
    expect([...amphora.networkIds].sort()).toEqual([management, created.vip_network_id].sort());
    expect(await askAgent(amphora)).toMatchObject({ api_version: expect.stringMatching(/^1\./) });
    if (facts.TEST_CLOUD_RECIPE !== undefined) {
      expect(await trafficAddresses(facts, amphora.serverId, 'eth1')).toContain(created.vip_address);
    }
  });

  it('keeps the VIP on a port of the tenant that no server has', async () => {
    const { session } = real();
    const port = await getPort(session, created.vip_port_id);
    expect(port).toMatchObject({ device_id: `lb-${created.id}`, admin_state_up: false });
    expect(port.fixed_ips.map(({ ip_address }) => ip_address)).toEqual([created.vip_address]);
  });

  it('is listed, changed and reset', async () => {
    const { cliAs, facts } = real();
    const cli = await cliAs(facts.TEST_TENANT_CLOUD);
    expect(await cli.json(listed, 'loadbalancer', 'list')).toEqual([expect.objectContaining({ id: created.id })]);
    await cli.run('loadbalancer', 'set', 'web', '--name', 'shop', '--description', 'sells', '--wait');
    expect(await cli.json(loadBalancer, 'loadbalancer', 'show', 'shop')).toMatchObject({ description: 'sells' });
    await cli.run('loadbalancer', 'unset', 'shop', '--description', '--wait');
    // This command prints JSON and nothing else.
    expect(JSON.parse(await cli.run('loadbalancer', 'status', 'show', 'shop'))).toMatchObject({
      loadbalancer: { id: created.id, name: 'shop', provisioning_status: 'ACTIVE' },
    });
  });

  it('belongs to its project alone', async () => {
    const { as, facts } = real();
    const stranger = await as(facts.TEST_OTHER_TENANT_CLOUD);
    expect((await stranger.call('GET', `/v2.0/lbaas/loadbalancers/${created.id}`)).status).toBe(403);
    expect((await stranger.call('GET', '/v2.0/lbaas/loadbalancers')).body).toMatchObject({ loadbalancers: [] });
  });

  it('is deleted, with everything it was made of', async () => {
    const { cliAs, facts, leftovers } = real();
    const cli = await cliAs(facts.TEST_TENANT_CLOUD);
    await cli.run('loadbalancer', 'delete', 'shop', '--wait');
    expect(await leftovers.settled()).toEqual([]);
  });

  it('is deleted with --cascade', async () => {
    const { as, cliAs, facts, leftovers } = real();
    const tenant = await as(facts.TEST_TENANT_CLOUD);
    const { id, ...answered } = await tenant.create({ name: 'short', vip_subnet_id: facts.TEST_VIP_SUBNET });
    expect(answered).toMatchObject({ provisioning_status: 'PENDING_CREATE' });
    expect(await tenant.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    await (await cliAs(facts.TEST_TENANT_CLOUD)).run('loadbalancer', 'delete', '--cascade', id, '--wait');
    expect(await leftovers.settled()).toEqual([]);
  });
});
