import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSpec } from '../../../../../lib/drivers/compute/compute-driver.ts';
import { novaComputeDriver } from '../../../../../lib/drivers/compute/nova-compute-driver.ts';
import { closeFakeClouds, givenCloud, type Script } from '../../openstack/fake-cloud.ts';

const V = '/compute/v2.1';
const spec: ServerSpec = {
  name: 'amphora-1',
  imageId: 'image',
  flavorId: 'flavor',
  networkIds: ['mgmt'],
  portIds: ['vrrp-port'],
  securityGroups: ['sg'],
  keyName: 'key',
  availabilityZone: 'zone',
  serverGroupId: 'group',
  files: { '/etc/cert.pem': 'PEM ü' },
  userData: '#cloud-config',
};
const novaServer = (fields: Record<string, unknown> = {}) => ({
  id: 's',
  name: 'amphora-1',
  status: 'ACTIVE',
  image: { id: 'image' },
  flavor: { id: 'flavor' },
  'OS-EXT-AZ:availability_zone': 'nova',
  ...fields,
});
const given = async (script: Script) => {
  const cloud = await givenCloud(script);
  return { ...cloud, driver: novaComputeDriver(cloud.session) };
};
const thrown = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('nova compute driver', () => {
  afterEach(closeFakeClouds);

  it('asks for a server with all of the spec in one request', async () => {
    const { driver, asked } = await given({ [`POST ${V}/servers`]: [{ status: 202, body: { server: { id: 's' } } }] });
    expect(await driver.createServer(spec)).toEqual({
      id: 's',
      name: 'amphora-1',
      status: 'BUILD',
      fault: null,
      availabilityZone: 'zone',
      imageId: 'image',
      flavorId: 'flavor',
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers).toMatchObject({
      'openstack-api-version': 'compute 2.15',
      'x-openstack-nova-api-version': '2.15',
    });
    expect(asked[0]?.body).toEqual({
      server: {
        name: 'amphora-1',
        imageRef: 'image',
        flavorRef: 'flavor',
        config_drive: true,
        networks: [{ uuid: 'mgmt' }, { port: 'vrrp-port' }],
        security_groups: [{ name: 'sg' }],
        key_name: 'key',
        availability_zone: 'zone',
        user_data: 'I2Nsb3VkLWNvbmZpZw==',
        personality: [{ path: '/etc/cert.pem', contents: 'UEVNIMO8' }],
      },
      'os:scheduler_hints': { group: 'group' },
    });
  });

  it('leaves out of the request what the spec leaves out', async () => {
    const { driver, asked } = await given({ [`POST ${V}/servers`]: [{ status: 202, body: { server: { id: 's' } } }] });
    const nothing = { keyName: null, availabilityZone: null, serverGroupId: null, files: {}, userData: '' };
    await driver.createServer({ ...spec, ...nothing, networkIds: [], portIds: [], securityGroups: [] });
    expect(asked[0]?.body).toEqual({
      server: { name: 'amphora-1', imageRef: 'image', flavorRef: 'flavor', config_drive: true },
    });
  });

  it.each([
    [403, { forbidden: { message: 'Quota exceeded for cores', code: 403 } }, 'Quota exceeded for cores'],
    [400, { badRequest: { message: 'Flavor x could not be found.', code: 400 } }, 'Flavor x could not be found.'],
  ])('names a build refused with %i, in the words of Nova', async (status, body, words) => {
    const { driver } = await given({ [`POST ${V}/servers`]: [{ status, body }] });
    const error = await thrown(driver.createServer(spec));
    expect(error).toMatchObject({ name: 'ComputeBuildError', message: `Server amphora-1 was refused: ${words}` });
  });

  it('names a server group that is gone, which Nova refuses as any other build', async () => {
    const message = 'Instance group group could not be found.';
    const refused = { status: 400, body: { badRequest: { message, code: 400 } } };
    const { driver } = await given({ [`POST ${V}/servers`]: [refused, refused] });
    expect(await thrown(driver.createServer(spec))).toMatchObject({
      name: 'CloudResourceNotFoundError',
      resource: 'server group',
      resourceId: 'group',
    });
    expect(await thrown(driver.createServer({ ...spec, serverGroupId: 'other' }))).toMatchObject({
      name: 'ComputeBuildError',
    });
  });

  it('hides files that Nova echoes when it refuses them', async () => {
    const secret = Buffer.from('-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAA').toString('base64');
    const message = `Invalid input for field/attribute contents. Value: ${secret}. '${secret}' is too long`;
    const { driver } = await given({ [`POST ${V}/servers`]: [{ status: 400, body: { badRequest: { message } } }] });
    expect(String(await thrown(driver.createServer(spec)))).not.toContain(secret);
  });

  it('names a busy Nova retryable, and does not ask a second time for a server', async () => {
    const { driver, asked } = await given({ [`POST ${V}/servers`]: [{ status: 503 }] });
    expect(await thrown(driver.createServer(spec))).toMatchObject({ name: 'CloudUnavailableError', retryable: true });
    expect(asked).toHaveLength(1);
  });

  it('finds the servers of exactly that name, a working one before one in error', async () => {
    const servers = [
      novaServer({ id: 'longer', name: 'amphora-11' }),
      novaServer({ id: 'capitals', name: 'AMPHORA-1' }),
      novaServer({ id: 'broken', status: 'ERROR', fault: { message: 'No valid host' } }),
      novaServer({ id: 'works' }),
    ];
    const { driver, asked } = await given({ [`GET ${V}/servers/detail`]: [{ status: 200, body: { servers } }] });
    expect((await driver.findServers('amphora-1')).map(({ id }) => id)).toEqual(['works', 'broken']);
    expect(asked[0]?.url).toContain('name=^amphora-1$');
    expect(await driver.findServers('a.b')).toEqual([]);
    expect(asked[1]?.url).toContain('name=^a\\.b$');
  });

  it('finds a server in error with the words of Nova when it is the only one', async () => {
    const servers = [novaServer({ status: 'ERROR', fault: { message: 'No valid host' }, image: '' })];
    const { driver } = await given({ [`GET ${V}/servers/detail`]: [{ status: 200, body: { servers } }] });
    expect(await driver.findServers('amphora-1')).toMatchObject([
      { status: 'ERROR', fault: 'No valid host', imageId: null },
    ]);
  });

  it.each([
    ['BUILD', 'BUILD'],
    ['SOFT_DELETED', 'DELETED'],
    ['SHUTOFF', 'OTHER'],
  ])('takes %s for %s', async (status, expected) => {
    const server = novaServer({ status, 'OS-EXT-AZ:availability_zone': '' });
    const { driver } = await given({ [`GET ${V}/servers/s`]: [{ status: 200, body: { server } }] });
    expect(await driver.getServer('s')).toMatchObject({ status: expected, availabilityZone: null });
  });

  describe('attachPort', () => {
    const attach = `POST ${V}/servers/s/os-interface`;
    const list = `GET ${V}/servers/s/os-interface`;
    const interfaces = (...portIds: string[]) => ({
      status: 200,
      body: {
        interfaceAttachments: portIds.map((port_id) => ({ port_id, net_id: 'n', mac_addr: 'm', fixed_ips: [] })),
      },
    });
    const inUse = { status: 400, body: { badRequest: { message: 'Port p is still in use.' } } };

    it('succeeds when the server has the port already', async () => {
      const { driver } = await given({ [attach]: [inUse], [list]: [interfaces('o', 'p')] });
      await expect(driver.attachPort('s', 'p')).resolves.toBeUndefined();
    });

    it('fails when another server has the port', async () => {
      const { driver } = await given({ [attach]: [inUse], [list]: [interfaces('o')] });
      expect(await thrown(driver.attachPort('s', 'p'))).toMatchObject({
        name: 'PortPlugError',
        message: 'Port p cannot be attached to server s: Port p is still in use.',
      });
    });

    it('fails for good when the host cannot bind the port, and for now when Nova is busy', async () => {
      const binding = { status: 500, body: { computeFault: { message: 'PortBindingFailed: port p' } } };
      const { driver } = await given({ [attach]: [binding, { status: 500 }], [list]: [interfaces()] });
      expect(await thrown(driver.attachPort('s', 'p'))).toMatchObject({ name: 'PortPlugError' });
      expect(await thrown(driver.attachPort('s', 'p'))).toMatchObject({ name: 'CloudUnavailableError' });
    });

    it.each([
      "Cannot 'attach_interface' instance s while it is in vm_state stopped",
      "Cannot 'attach_interface' instance s while it is in task_state image_snapshot",
      'Instance s is locked',
    ])('fails for now, and not by the port, when the server takes none: %s', async (message) => {
      const { driver } = await given({ [attach]: [{ status: 409, body: { conflictingRequest: { message } } }] });
      expect(await thrown(driver.attachPort('s', 'p'))).toMatchObject({
        name: 'AmphoraNotReadyError',
        retryable: true,
        resource: 'server',
      });
    });

    it.each([
      ['Instance s could not be found.', 'server', 's'],
      ['Port p could not be found.', 'port', 'p'],
      ['Network n could not be found.', 'network', 'of port p'],
    ])('says what is missing: %s', async (message, resource, resourceId) => {
      const { driver } = await given({ [attach]: [{ status: 404, body: { itemNotFound: { message } } }] });
      const expected = { name: 'CloudResourceNotFoundError', resource, resourceId };
      expect(await thrown(driver.attachPort('s', 'p'))).toMatchObject(expected);
    });
  });

  it('takes what is gone for deleted', async () => {
    const { driver, asked } = await given({
      [`DELETE ${V}/servers/s`]: [{ status: 404 }],
      [`DELETE ${V}/servers/s/os-interface/p`]: [{ status: 404 }],
      [`DELETE ${V}/os-server-groups/g`]: [{ status: 404 }],
    });
    await driver.deleteServer('s');
    await driver.detachPort('s', 'p');
    await driver.deleteServerGroup('g');
    expect(asked).toHaveLength(3);
  });

  it('finds a server group on a later page, and makes one', async () => {
    const page = (...names: string[]) => ({
      status: 200,
      body: { server_groups: names.map((name) => ({ id: `id-${name}`, name })) },
    });
    const { driver, asked } = await given({
      [`GET ${V}/os-server-groups`]: [page('a', 'b'), page('c')],
      [`POST ${V}/os-server-groups`]: [{ status: 200, body: { server_group: { id: 'new', name: 'd' } } }],
    });
    expect(await driver.findServerGroup('c')).toBe('id-c');
    expect(asked[1]?.url).toContain('offset=2');
    expect(await driver.createServerGroup('d', 'anti-affinity')).toBe('new');
    expect(asked.at(-1)?.body).toEqual({ server_group: { name: 'd', policies: ['anti-affinity'] } });
  });

  it('knows flavors and the zones that are available', async () => {
    const zone = (zoneName: string, available: boolean) => ({ zoneName, zoneState: { available } });
    const { driver } = await given({
      [`GET ${V}/flavors/yes`]: [{ status: 200 }],
      [`GET ${V}/flavors/no`]: [{ status: 404 }],
      [`GET ${V}/flavors/who`]: [{ status: 403 }],
      [`GET ${V}/os-availability-zone`]: [
        { status: 200, body: { availabilityZoneInfo: [zone('a', true), zone('b', false)] } },
      ],
    });
    expect(await driver.flavorExists('yes')).toBe(true);
    expect(await driver.flavorExists('no')).toBe(false);
    expect(await thrown(driver.flavorExists('who'))).toMatchObject({ name: 'CloudCredentialsError' });
    expect(await driver.listAvailabilityZones()).toEqual(['a']);
  });
});
