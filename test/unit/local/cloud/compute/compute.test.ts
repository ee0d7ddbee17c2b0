import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { type Caller, callerAs, eventually, testCloud } from '../helpers.ts';

const serverBody = z.object({ server: z.object({ id: z.string() }) });

describe('Nova', () => {
  let cloud: StandInCloud;
  let octavia: Caller;
  const V = '/compute/v2.1';
  const wish = (more: object = {}) => ({
    name: 'server',
    imageRef: cloud.facts.imageId,
    flavorRef: cloud.facts.flavorId,
    networks: [{ uuid: cloud.facts.managementNetworkId }],
    ...more,
  });
  const create = (more: object = {}, hints?: object) =>
    octavia('POST', `${V}/servers`, {
      server: wish(more),
      ...(hints === undefined ? {} : { 'os:scheduler_hints': hints }),
    });
  const active = async (more: object = {}): Promise<string> => {
    const { id } = serverBody.parse((await create(more)).body).server;
    await eventually(() => cloud.state.servers.get(id)?.status === 'ACTIVE');
    return id;
  };
  const gone = (id: string) => eventually(() => !cloud.state.servers.has(id));
  const port = async (name: string): Promise<string> => {
    const { body } = await octavia('POST', '/network/v2.0/ports', {
      port: { network_id: cloud.facts.vipNetworkId, name },
    });
    return z.object({ port: z.object({ id: z.string() }) }).parse(body).port.id;
  };

  beforeAll(async () => {
    cloud = await testCloud();
    octavia = await callerAs(cloud, 'octavia', 'service');
  });
  afterAll(() => cloud.stop());

  it('makes a port of its own with the asked-for groups, and deletes it with the server', async () => {
    const id = await active({ security_groups: [{ name: 'lb-mgmt-sec-grp' }] });
    const [own] = [...cloud.state.ports.values()].filter(({ device_id }) => device_id === id);
    expect(own).toMatchObject({
      device_owner: 'compute:nova',
      security_groups: [cloud.facts.managementSecurityGroupId],
      status: 'ACTIVE',
    });
    expect((await octavia('DELETE', `${V}/servers/${id}`)).status).toBe(204);
    await gone(id);
    expect(cloud.state.ports.has(own?.id ?? '')).toBe(false);
    expect((await octavia('DELETE', `${V}/servers/${id}`)).status).toBe(404);
  });

  it('binds a given port, refuses it to a second server, and gives it back unharmed', async () => {
    const given = await port('given');
    const id = await active({ networks: [{ uuid: cloud.facts.managementNetworkId }, { port: given }] });
    expect(cloud.state.ports.get(given)?.device_id).toBe(id);
    expect((await create({ networks: [{ port: given }] })).status).toBe(409);
    const second = await active();
    const attach = (server: string) =>
      octavia('POST', `${V}/servers/${server}/os-interface`, { interfaceAttachment: { port_id: given } });
    expect(await attach(second)).toMatchObject({ status: 409, body: { conflictingRequest: { code: 409 } } });
    await octavia('DELETE', `${V}/servers/${id}`);
    await gone(id);
    expect(cloud.state.ports.get(given)).toMatchObject({ device_id: '', device_owner: '', status: 'DOWN' });
    expect((await attach(second)).status).toBe(200);
  });

  it("refuses in Nova's words", async () => {
    const refused = async (more: object, code: number, words: RegExp, hints?: object) => {
      const { status, body } = await create(more, hints);
      expect(status).toBe(code);
      expect(JSON.stringify(body)).toMatch(words);
    };
    await refused({ flavorRef: 'nope' }, 400, /badRequest.*Flavor nope could not be found/);
    await refused({ imageRef: 'nope' }, 400, /badRequest.*nope/);
    await refused({ key_name: 'nope' }, 400, /Invalid key_name/);
    await refused({ availability_zone: 'nope' }, 400, /availability zone is not available/);
    await refused({ security_groups: [{ name: 'nope' }] }, 400, /security_group with name or id 'nope'/);
    await refused({ networks: [{ port: 'nope' }] }, 400, /Port id nope/);
    await refused({ bogus: true }, 400, /bogus/);
    await refused({}, 400, /Instance group nope/, { group: 'nope' });
    const file = (size: number) => [{ path: '/x', contents: Buffer.alloc(size).toString('base64') }];
    await refused({ personality: file(10_241) }, 403, /forbidden/);
    await refused({ personality: Array.from({ length: 6 }, () => file(1)).flat() }, 403, /forbidden/);
  });

  it('finds servers by a regular expression, newest first, in pages, of the own project', async () => {
    for (const name of ['find-me-1', 'find-me-2', 'find-mx-3']) await active({ name });
    const names = async (caller: Caller, query: string) =>
      JSON.stringify((await caller('GET', `${V}/servers?${query}`)).body);
    expect(await names(octavia, 'name=%5Efind-me-.%24')).toMatch(/find-me-2.*find-me-1/);
    expect(await names(octavia, 'name=find-me&limit=1')).toMatch(/find-me-2.*servers_links/);
    expect((await octavia('GET', `${V}/servers?name=%5B`)).status).toBe(400);
    const admin = await callerAs(cloud, 'admin', 'admin');
    expect(await names(admin, 'name=find')).not.toContain('find-me-1');
    expect(await names(admin, 'name=find&all_tenants=1')).toContain('find-me-1');
    const alice = await callerAs(cloud, 'alice', 'project-a');
    expect(await names(alice, 'name=find&all_tenants=1')).not.toContain('find-me-1');
  });

  it('ends in ERROR with a fault when the network has no address left', async () => {
    const network = await octavia('POST', '/network/v2.0/networks', { network: { name: 'full' } });
    const network_id = z.object({ network: z.object({ id: z.string() }) }).parse(network.body).network.id;
    const allocation_pools = [{ start: '127.78.0.2', end: '127.78.0.2' }];
    await octavia('POST', '/network/v2.0/subnets', { subnet: { network_id, cidr: '127.78.0.0/29', allocation_pools } });
    await octavia('POST', '/network/v2.0/ports', { port: { network_id } });
    const { id } = serverBody.parse((await create({ networks: [{ uuid: network_id }] })).body).server;
    await eventually(() => cloud.state.servers.get(id)?.status === 'ERROR');
    expect((await octavia('GET', `${V}/servers/${id}`)).body).toMatchObject({
      server: { fault: { message: expect.stringMatching(/No more IP addresses/) } },
    });
  });

  it('answers with the microversion it was asked with', async () => {
    const { headers } = await octavia('GET', `${V}/os-availability-zone`, undefined, {
      'openstack-api-version': 'compute 2.15',
    });
    expect(headers).toMatchObject({ 'openstack-api-version': 'compute 2.15', 'x-openstack-nova-api-version': '2.15' });
  });
});
