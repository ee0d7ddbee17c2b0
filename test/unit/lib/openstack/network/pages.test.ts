import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ServiceRequest } from '../../../../../lib/openstack/http/service-request.ts';
import { listAll } from '../../../../../lib/openstack/network/pages.ts';
import { closeFakeClouds, givenCloud } from '../fake-cloud.ts';

const request: ServiceRequest = {
  service: 'network',
  method: 'GET',
  path: '/ports',
  query: [['name', 'n']],
  accepts: [200],
};
const item = z.object({ id: z.string() });

describe('listAll', () => {
  afterEach(closeFakeClouds);

  it('follows the next links, on its own endpoint', async () => {
    const next = { rel: 'next', href: 'http://wrong.example/v2.0/ports?name=n&marker=a' };
    const first = { status: 200, body: { ports: [{ id: 'a' }], ports_links: [{ rel: 'previous', href: 'x' }, next] } };
    const last = { status: 200, body: { ports: [{ id: 'b' }], ports_links: [] } };
    const cloud = await givenCloud({ 'GET /network/v2.0/ports': [first, last] });
    expect(await listAll(cloud.session, request, 'ports', item)).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(cloud.asked.map(({ url }) => url)).toEqual([
      '/network/v2.0/ports?name=n',
      '/network/v2.0/ports?name=n&marker=a',
    ]);
  });

  it('refuses an empty filter, which would find everything', async () => {
    const cloud = await givenCloud();
    const empty = { ...request, query: [['device_id', '']] as const };
    await expect(listAll(cloud.session, empty, 'ports', item)).rejects.toMatchObject({ field: 'device_id' });
    expect(cloud.asked).toEqual([]);
  });

  it('fails by name when the list is not there', async () => {
    const cloud = await givenCloud({ 'GET /network/v2.0/ports': [{ status: 200, body: {} }] });
    await expect(listAll(cloud.session, request, 'ports', item)).rejects.toMatchObject({ name: 'CloudRequestError' });
  });
});
