import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { novaRequest } from '../../lib/openstack/compute/microversion.ts';
import { getServer } from '../../lib/openstack/compute/servers/requests.ts';
import { pathTo } from '../../lib/openstack/http/service-request.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';
import { amphoraeOfVip } from './amphora.ts';
import type { Cli } from './cli.ts';
import { useRealStack } from './real-stack.ts';

const ADMIN_CLOUD = 'admin';

const row = z.looseObject({ name: z.string() });
const rows = z.array(row);
const loadBalancer = z.object({
  id: z.string(),
  flavor_id: z.string(),
  availability_zone: z.string(),
  provisioning_status: z.string(),
  vip_address: z.string(),
  vip_network_id: z.string(),
});

/** A Nova flavor for the file's own amphorae, as small as theirs are. */
const makeNovaFlavor = async (session: CloudSession, id: string): Promise<void> => {
  const body = { flavor: { id, name: id, ram: 1024, vcpus: 1, disk: 2 } };
  await session.call(novaRequest({ method: 'POST', path: '/flavors', body, accepts: [200] }));
};

const removeNovaFlavor = async (session: CloudSession, id: string): Promise<void> => {
  await session.call(novaRequest({ method: 'DELETE', path: pathTo`/flavors/${id}`, accepts: [202] }));
};

describe('flavors and availability zones on a real cloud, by the openstack command', () => {
  const real = useRealStack();
  const novaFlavor = `flavors-test-${randomUUID().slice(0, 8)}`;
  let created: z.infer<typeof loadBalancer>;

  const admin = async (): Promise<Cli> => await real().cliAs(ADMIN_CLOUD);
  const tenant = async (): Promise<Cli> => await real().cliAs(real().facts.TEST_TENANT_CLOUD);
  const management = () => real().facts.AMP_BOOT_NETWORK_LIST.split(',')[0] ?? '';

  beforeAll(async () => {
    await makeNovaFlavor(real().session, novaFlavor);
  });
  afterAll(async () => {
    await removeNovaFlavor(real().session, novaFlavor);
  });

  it('are described by an administrator', async () => {
    const cli = await admin();
    const data = { loadbalancer_topology: 'ACTIVE_STANDBY', compute_flavor: novaFlavor };
    const provider = ['--provider', 'amphora'];
    const profile = ['--name', 'ha-profile', ...provider, '--flavor-data', JSON.stringify(data)];
    const place = JSON.stringify({ compute_zone: 'nova', management_network: management() });
    const zoneProfile = ['--name', 'here-profile', ...provider, '--availability-zone-data', place];
    const profiles = await Promise.all([
      cli.json(row, 'loadbalancer', 'flavorprofile', 'create', ...profile),
      cli.json(row, 'loadbalancer', 'availabilityzoneprofile', 'create', ...zoneProfile),
    ]);
    expect(profiles).toMatchObject([{ flavor_data: JSON.stringify(data) }, { availability_zone_data: place }]);
    const flavor = ['--name', 'ha', '--flavorprofile', 'ha-profile', '--description', 'two', '--enable'];
    const zone = ['--name', 'here', '--availabilityzoneprofile', 'here-profile'];
    const offered = await Promise.all([
      cli.json(row, 'loadbalancer', 'flavor', 'create', ...flavor),
      cli.json(row, 'loadbalancer', 'availabilityzone', 'create', ...zone),
    ]);
    expect(offered).toMatchObject([
      { name: 'ha', description: 'two', enabled: true },
      { name: 'here', enabled: true },
    ]);
  });

  it('are what a tenant creates a load balancer of two amphorae with', async () => {
    const { facts, session } = real();
    const subnet = ['--vip-subnet-id', facts.TEST_VIP_SUBNET];
    const choice = ['--flavor', 'ha', '--availability-zone', 'here'];
    const cli = await tenant();
    created = await cli.json(loadBalancer, 'loadbalancer', 'create', '--name', 'two', ...subnet, ...choice, '--wait');
    expect(created).toMatchObject({ provisioning_status: 'ACTIVE', availability_zone: 'here' });
    const vip = { address: created.vip_address, networkId: created.vip_network_id };
    const amphorae = await amphoraeOfVip(session, vip, management());
    const servers = await Promise.all(amphorae.map(({ serverId }) => getServer(session, serverId)));
    expect(servers.map((server) => [server.flavor?.id, server['OS-EXT-AZ:availability_zone']])).toEqual([
      [novaFlavor, 'nova'],
      [novaFlavor, 'nova'],
    ]);
    expect(amphorae.map(({ managementAddress }) => managementAddress)).not.toContain('');
  });

  it('cannot be removed while a load balancer has them', async () => {
    const cli = await admin();
    const inUse = /is in use and cannot be modified\. \(HTTP 409\)/;
    const named = { flavor: 'ha', flavorprofile: 'ha-profile', availabilityzone: 'here' };
    await Promise.all(
      Object.entries(named).map(([kind, name]) =>
        expect(cli.run('loadbalancer', kind, 'delete', name)).rejects.toThrow(inUse),
      ),
    );
  });

  it('are listed, shown, set and unset', async () => {
    const [cli, user] = [await admin(), await tenant()];
    await cli.all([
      'loadbalancer flavor set ha --name pair --disable',
      'loadbalancer flavor unset pair --description',
      'loadbalancer flavorprofile set ha-profile --name pair-profile',
      'loadbalancer flavorprofile show pair-profile',
      'loadbalancer availabilityzone set here --description near --disable',
      'loadbalancer availabilityzone unset here --description',
      'loadbalancer availabilityzoneprofile set here-profile --name near-profile',
      'loadbalancer availabilityzoneprofile show near-profile',
      'loadbalancer availabilityzoneprofile list',
      'loadbalancer flavorprofile list --name pair-profile',
      'loadbalancer provider capability list amphora',
    ]);
    await user.all([
      'loadbalancer flavor show pair',
      'loadbalancer flavor list --name pair',
      'loadbalancer availabilityzone show here',
      'loadbalancer availabilityzone list --disable',
      'loadbalancer list --flavor pair --availability-zone here',
    ]);
    const { as, facts } = real();
    const api = await as(facts.TEST_TENANT_CLOUD);
    const { body: flavors } = await api.call('GET', '/v2.0/lbaas/flavors?enabled=false');
    expect(flavors).toMatchObject({ flavors: [{ name: 'pair', description: '', enabled: false }] });
    const { body: zone } = await api.call('GET', '/v2.0/lbaas/availabilityzones/here');
    expect(zone).toMatchObject({ availability_zone: { name: 'here', description: '', enabled: false } });
  });

  it('are removed once the load balancer is', async () => {
    const [cli, user] = [await admin(), await tenant()];
    await user.run('loadbalancer', 'delete', created.id, '--wait');
    await cli.all([
      'loadbalancer flavor delete pair',
      'loadbalancer flavorprofile delete pair-profile',
      'loadbalancer availabilityzone delete here',
      'loadbalancer availabilityzoneprofile delete near-profile',
    ]);
    expect(await cli.json(rows, 'loadbalancer', 'availabilityzoneprofile', 'list')).toEqual([]);
  });
});
