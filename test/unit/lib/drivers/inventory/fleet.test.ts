import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { listFleetServers, viewNetwork } from '../../../../../lib/drivers/inventory/fleet.ts';
import { closeFakeClouds, givenCloud } from '../../openstack/fake-cloud.ts';

afterEach(closeFakeClouds);

const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
const port = (id: string, device_id: string) => ({
  id,
  network_id: 'n',
  mac_address: 'm',
  device_id,
  status: 'ACTIVE',
  admin_state_up: true,
  fixed_ips: [],
});

it('lists the servers of the whole fleet in pages', async () => {
  const server = (id: string) => ({ id, name: `amphora-${id}`, status: 'ACTIVE', flavor: { id: 'f' }, image: '' });
  const page = (...servers: readonly string[]) => ({ status: 200, body: { servers: servers.map(server) } });
  const cloud = await givenCloud({ 'GET /compute/v2.1/servers/detail': [page('a', 'b'), page('c'), page()] });
  const found = await listFleetServers(cloud.session);
  expect([...found.keys()]).toEqual(['a', 'b', 'c']);
  expect(found.get('a')).toMatchObject({ status: 'ACTIVE', flavorId: 'f', imageId: null });
  expect(cloud.asked.map(({ url }) => /marker=(\w)/.exec(url)?.[1])).toEqual([undefined, 'b', 'c']);
});

it('asks for ports, groups, rules and policies of many with few requests, each id once', async () => {
  const [serverIds, portIds, groupIds, policyIds] = [ids(120), ids(60), ids(51), ids(3)];
  const cloud = await givenCloud({
    'GET /network/v2.0/ports': [{ status: 200, body: { ports: [port('p', 's')] } }],
    'GET /network/v2.0/security-groups': [{ status: 200, body: { security_groups: [{ id: 'g' }] } }],
    'GET /network/v2.0/qos/policies': [{ status: 200, body: { policies: [{ id: 'q' }] } }],
    'GET /network/v2.0/security-group-rules': [
      { status: 200, body: { security_group_rules: [{ id: 'r', security_group_id: 'g', ethertype: 'IPv4' }] } },
    ],
  });
  const question = { serverIds: [...serverIds, ...serverIds], portIds, groupIds, policyIds };
  const view = await viewNetwork(question, cloud.session);
  const asked = (what: string) => cloud.asked.filter(({ url }) => url.includes(what)).length;
  // 120 servers are three requests, 60 ports two; 51 groups are two, twice.
  expect([
    asked('/ports?device_id'),
    asked('/ports?id'),
    asked('/security-groups?'),
    asked('-rules?'),
    asked('/policies?'),
  ]).toEqual([3, 2, 2, 2, 1]);
  expect(Math.max(...cloud.asked.map(({ url }) => url.length))).toBeLessThan(4_000);
  expect(view.portsById.get('p')?.deviceId).toBe('s');
  expect(view.portsByServer.get('s')?.[0]?.id).toBe('p');
  expect(view.rulesByGroup.get('g')?.[0]?.id).toBe('r');
  expect(view.groupIds.has('g')).toBe(true);
  expect(view.policyIds.has('q')).toBe(true);
});
