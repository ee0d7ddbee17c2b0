import { afterEach, expect, it } from 'vitest';
import { listCloudThings } from '../../../../../lib/drivers/inventory/inventory.ts';
import { closeFakeClouds, givenCloud } from '../../openstack/fake-cloud.ts';

afterEach(closeFakeClouds);

it('reads everything that may be the worker’s in pages, from each service in its own way', async () => {
  const named = (...ids: readonly string[]) => ids.map((id) => ({ id, name: `of ${id}` }));
  const neutron = (key: string, path: string) => [
    {
      status: 200,
      body: {
        [key]: named(`${key}-1`),
        [`${key}_links`]: [{ rel: 'next', href: `http://n${path}?limit=1000&marker=${key}-1` }],
      },
    },
    { status: 200, body: { [key]: named(`${key}-2`) } },
  ];
  const nova = (key: string) => [
    { status: 200, body: { [key]: named(`${key}-1`, `${key}-2`) } },
    { status: 200, body: { [key]: [] } },
  ];
  const cloud = await givenCloud({
    'GET /network/v2.0/ports': neutron('ports', '/v2.0/ports'),
    'GET /network/v2.0/security-groups': neutron('security_groups', '/v2.0/security-groups'),
    'GET /compute/v2.1/servers': nova('servers'),
    'GET /compute/v2.1/os-server-groups': nova('server_groups'),
  });
  const found = await listCloudThings(cloud.session);
  expect(found.map(({ id }) => id)).toEqual(
    ['servers', 'ports', 'security_groups', 'server_groups'].flatMap((key) => [`${key}-1`, `${key}-2`]),
  );
  expect(cloud.asked.every(({ url }) => new URL(url, 'http://n').searchParams.get('limit') === '1000')).toBe(true);
  const behind = (path: string) => cloud.asked.filter(({ url }) => url.includes(path)).at(-1)?.url;
  expect(behind('/servers?')).toContain('marker=servers-2');
  expect(behind('/os-server-groups?')).toContain('offset=2');
});
