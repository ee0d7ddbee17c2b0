import { createHash } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAgentClient } from '../../../../../lib/amphora/agent-client.ts';
import type { AmphoraDriver, PlugVip } from '../../../../../lib/drivers/amphora/amphora-driver.ts';
import { restAmphoraDriver } from '../../../../../lib/drivers/amphora/rest-amphora-driver.ts';
import {
  AMPHORA_ID,
  createPki,
  type FakeAgent,
  type Pki,
  type Reply,
  startFakeAgent,
} from '../../amphora/fake-agent.ts';

const address = { amphoraId: AMPHORA_ID, lbNetworkIp: '127.0.0.1' };
const ok: Reply = { status: 202, body: { message: 'OK' } };
const missing: Reply = { status: 404, body: { message: 'Not Found', details: 'No such' } };

let pki: Pki;
let agent: FakeAgent | undefined;

beforeAll(async () => {
  pki = await createPki();
});

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

/** A driver, and the requests it makes of an agent that knows these routes ("GET /1.0/info"); everything else is OK. */
const drive = async (routes: Readonly<Record<string, Reply>> = {}) => {
  agent = await startFakeAgent(pki, ({ method, path }) => routes[`${method} ${path}`] ?? ok);
  const client = createAgentClient(
    {
      agentPort: agent.port,
      connectTimeout: 2_000,
      readTimeout: 5_000,
      lbNetworkInterface: 'o-hm0',
      agentTlsProtocol: 'TLSv1.2',
    },
    async () => pki.credentials,
  );
  const { received } = agent;
  return {
    driver: restAmphoraDriver(client),
    calls: () => received.map(({ method, path }) => `${method} ${path}`),
    body: (nth: number): unknown => JSON.parse(received[nth]?.body ?? 'null'),
    text: (nth: number) => received[nth]?.body,
  };
};

const plug: PlugVip = {
  vip: {
    ipAddress: '10.90.1.5',
    subnetCidr: '10.90.1.0/24',
    gateway: '10.90.1.1',
    hostRoutes: [{ destination: '10.9.0.0/16', nexthop: '10.90.1.9' }],
  },
  additionalVips: [{ ipAddress: 'fd00::5', subnetCidr: 'fd00::/64', gateway: null, hostRoutes: [] }],
  macAddress: 'fa:16:3e:00:00:01',
  vrrpIp: '10.90.1.6',
  mtu: 1450,
};
const plugBody = {
  subnet_cidr: '10.90.1.0/24',
  gateway: '10.90.1.1',
  mac_address: 'fa:16:3e:00:00:01',
  vrrp_ip: '10.90.1.6',
  mtu: 1450,
  host_routes: [{ destination: '10.9.0.0/16', nexthop: '10.90.1.9' }],
  additional_vips: [{ ip_address: 'fd00::5', subnet_cidr: 'fd00::/64', gateway: null, host_routes: [] }],
  is_sriov: false,
};

describe('getInfo', () => {
  const info: Reply = {
    status: 200,
    body: { hostname: 'amphora', haproxy_version: '2.6.12-1+deb12u4', api_version: '1.0', keepalived_version: '2' },
  };

  it('asks for the version of the API once', async () => {
    const { driver, calls } = await drive({
      'GET /': { status: 200, body: { api_version: '1.0' } },
      'GET /1.0/info': info,
    });
    await driver.getInfo(address);
    expect(await driver.getInfo(address)).toEqual({
      hostname: 'amphora',
      haproxyVersion: '2.6.12-1+deb12u4',
      apiVersion: '1.0',
    });
    expect(calls()).toEqual(['GET /', 'GET /1.0/info', 'GET /1.0/info']);
  });

  it('refuses an API it does not know', async () => {
    const { driver } = await drive({ 'GET /': { status: 200, body: { api_version: '2.0' } } });
    await expect(driver.getInfo(address)).rejects.toMatchObject({
      name: 'AmphoraRequestError',
      details: 'speaks API version 2.0, not 1.x',
    });
  });

  it('refuses an agent from before version discovery', async () => {
    const { driver } = await drive({ 'GET /': missing });
    await expect(driver.getInfo(address)).rejects.toMatchObject({ name: 'AmphoraRequestError', status: 404 });
  });

  it.each([['not JSON'], [{ hostname: 'amphora' }]])('refuses the answer %j', async (body) => {
    const { driver } = await drive({
      'GET /': { status: 200, body: { api_version: '1.0' } },
      'GET /1.0/info': { status: 200, body },
    });
    await expect(driver.getInfo(address)).rejects.toMatchObject({ details: 'answered something unexpected' });
  });
});

describe('getDetails', () => {
  const memory = { total: 9, free: 1, buffers: 2, cached: 3 };
  const details = (body: object): Readonly<Record<string, Reply>> => ({
    'GET /1.0/details': { status: 200, body: { haproxy_version: '2.6', memory, ...body } },
  });

  it('answers what the configuration is rendered by', async () => {
    const { driver } = await drive(details({ cpu_count: 4, active_tuned_profiles: 'virtual-guest amphora' }));
    expect(await driver.getDetails(address)).toEqual({
      haproxyVersion: '2.6',
      cpuCount: 4,
      memory: { free: 1, buffers: 2, cached: 3 },
      activeTunedProfiles: 'virtual-guest amphora',
    });
  });

  it('takes one processor and no profile from an agent that does not say', async () => {
    const { driver } = await drive(details({}));
    expect(await driver.getDetails(address)).toMatchObject({ cpuCount: 1, activeTunedProfiles: '' });
  });
});

describe('plugVip', () => {
  const path = 'POST /1.0/plug/vip/10.90.1.5';

  it('says everything about the VIP and the base port', async () => {
    const { driver, calls, body } = await drive();
    await driver.plugVip(address, plug);
    expect(calls()).toEqual([path]);
    expect(body(0)).toEqual(plugBody);
  });

  it('sends an empty list when there are no additional VIPs', async () => {
    const { driver, body } = await drive();
    await driver.plugVip(address, { ...plug, additionalVips: [] });
    expect(body(0)).toMatchObject({ additional_vips: [] });
  });

  it('writes an IPv6 VIP so that the path keeps its parts', async () => {
    const { driver, calls } = await drive();
    await driver.plugVip(address, { ...plug, vip: { ...plug.vip, ipAddress: 'fd00::5' } });
    expect(calls()).toEqual(['POST /1.0/plug/vip/fd00%3A%3A5']);
  });

  it('trap 24: is done when the interface is there with its address', async () => {
    const { driver, calls } = await drive({
      [path]: { status: 409, body: { message: 'Interface already exists' } },
      'GET /1.0/interface/10.90.1.6': { status: 200, body: { message: 'OK', interface: 'eth1' } },
    });
    await driver.plugVip(address, plug);
    expect(calls()).toEqual([path, 'GET /1.0/interface/10.90.1.6']);
  });

  it('finishes an interface that was moved and never got its addresses', async () => {
    const { driver, calls, body } = await drive({
      [path]: { status: 409, body: { message: 'Interface already exists' } },
      'GET /1.0/interface/10.90.1.6': missing,
    });
    await driver.plugVip(address, plug);
    expect(calls().at(-1)).toBe('POST /1.0/plug/network');
    expect(body(2)).toEqual({
      mac_address: 'fa:16:3e:00:00:01',
      fixed_ips: [],
      mtu: 1450,
      is_sriov: false,
      vip_net_info: { ...plugBody, vip: '10.90.1.5' },
    });
  });

  it('trap 24: may be tried again while the amphora has not seen the interface', async () => {
    const { driver } = await drive({
      [path]: { status: 404, body: { details: 'No suitable network interface found' } },
    });
    await expect(driver.plugVip(address, plug)).rejects.toMatchObject({ name: 'AmphoraUnreachableError' });
  });
});

describe('plugNetwork', () => {
  const fixedIp = { ipAddress: '10.90.2.7', subnetCidr: '10.90.2.0/24', gateway: '10.90.2.1', hostRoutes: [] };
  const network = { macAddress: 'fa:16:3e:00:00:02', mtu: 1500, fixedIps: [fixedIp], vip: null };
  const body = {
    mac_address: 'fa:16:3e:00:00:02',
    mtu: 1500,
    fixed_ips: [{ ip_address: '10.90.2.7', subnet_cidr: '10.90.2.0/24', gateway: '10.90.2.1', host_routes: [] }],
    is_sriov: false,
  };

  it('says all addresses of the port, and nothing of the VIP on a port of its own', async () => {
    const driven = await drive();
    await driven.driver.plugNetwork(address, network);
    expect(driven.body(0)).toEqual(body);
  });

  it('says all of the VIP too on the base port', async () => {
    const driven = await drive();
    await driven.driver.plugNetwork(address, { ...network, vip: plug });
    expect(driven.body(0)).toEqual({ ...body, vip_net_info: { ...plugBody, vip: '10.90.1.5' } });
  });

  it('trap 24: is done when it is there', async () => {
    const { driver } = await drive({ 'POST /1.0/plug/network': { status: 409, body: { message: 'exists' } } });
    await expect(driver.plugNetwork(address, network)).resolves.toBeUndefined();
  });
});

describe('configurations', () => {
  it.each<[string, (driver: AmphoraDriver) => Promise<void>]>([
    [`PUT /1.0/loadbalancer/${AMPHORA_ID}/lb1/haproxy`, (d) => d.uploadHaproxyConfig(address, 'lb1', 'the text\n')],
    [`PUT /1.0/listeners/${AMPHORA_ID}/li1/udp_listener`, (d) => d.uploadLvsConfig(address, 'li1', 'the text\n')],
    ['PUT /1.0/vrrp/upload', (d) => d.uploadVrrpConfig(address, 'the text\n')],
    ['PUT /1.0/certificate', (d) => d.uploadAgentCertificate(address, 'the text\n')],
    ['PUT /1.0/config', (d) => d.updateAgentConfig(address, 'the text\n')],
  ])('are uploaded with %s', async (call, upload) => {
    const { driver, calls, text } = await drive();
    await upload(driver);
    expect(calls()).toEqual([call]);
    expect(text(0)).toBe('the text\n');
  });

  it('are refused in the words of haproxy', async () => {
    const { driver } = await drive({
      [`PUT /1.0/loadbalancer/${AMPHORA_ID}/lb1/haproxy`]: {
        status: 400,
        body: { message: 'Invalid request', details: '[ALERT] unknown keyword' },
      },
    });
    await expect(driver.uploadHaproxyConfig(address, 'lb1', 'x')).rejects.toMatchObject({
      name: 'AmphoraRequestError',
      status: 400,
      details: '[ALERT] unknown keyword',
    });
  });

  it.each<[string, (driver: AmphoraDriver) => Promise<string | null>]>([
    ['GET /1.0/loadbalancer/lb1/haproxy', (d) => d.getHaproxyConfig(address, 'lb1')],
    ['GET /1.0/listeners/li1/udp_listener', (d) => d.getLvsConfig(address, 'li1')],
  ])('are read with %s, and null when there is none', async (call, read) => {
    const there = await drive({ [call]: { status: 200, body: 'global\n' } });
    expect(await read(there.driver)).toBe('global\n');
    await agent?.close();
    const gone = await drive({ [call]: missing });
    expect(await read(gone.driver)).toBeNull();
  });
});

describe('actions', () => {
  it.each<[string, (driver: AmphoraDriver) => Promise<void>]>([
    ['PUT /1.0/loadbalancer/lb1/start', (d) => d.start(address, 'lb1')],
    ['PUT /1.0/loadbalancer/lb1/reload', (d) => d.reload(address, 'lb1')],
    ['PUT /1.0/vrrp/start', (d) => d.startVrrp(address)],
    ['DELETE /1.0/listeners/lb1', (d) => d.deleteListener(address, 'lb1')],
    ['DELETE /1.0/loadbalancer/lb1/certificates/a.pem', (d) => d.deleteCertificate(address, 'lb1', 'a.pem')],
  ])('are %s', async (call, act) => {
    const { driver, calls } = await drive();
    await act(driver);
    expect(calls()).toEqual([call]);
  });

  it('deleteCertificate is done when there is none', async () => {
    const { driver } = await drive({ 'DELETE /1.0/loadbalancer/lb1/certificates/a.pem': missing });
    await expect(driver.deleteCertificate(address, 'lb1', 'a.pem')).resolves.toBeUndefined();
  });
});

describe('uploadCertificate', () => {
  const path = '/1.0/loadbalancer/lb1/certificates/a.pem';
  const md5sum = (text: string): Reply => ({
    status: 200,
    body: { md5sum: createHash('md5').update(text).digest('hex') },
  });

  it('uploads what is not there', async () => {
    const { driver, calls, text } = await drive({ [`GET ${path}`]: missing });
    expect(await driver.uploadCertificate(address, 'lb1', 'a.pem', 'bytes')).toBe(true);
    expect(calls()).toEqual([`GET ${path}`, `PUT ${path}`]);
    expect(text(1)).toBe('bytes');
  });

  it('uploads what is different', async () => {
    const { driver } = await drive({ [`GET ${path}`]: md5sum('other') });
    expect(await driver.uploadCertificate(address, 'lb1', 'a.pem', 'bytes')).toBe(true);
  });

  it('does not upload the same bytes', async () => {
    const { driver, calls } = await drive({ [`GET ${path}`]: md5sum('bytes') });
    expect(await driver.uploadCertificate(address, 'lb1', 'a.pem', 'bytes')).toBe(false);
    expect(calls()).toEqual([`GET ${path}`]);
  });
});

describe('getInterface', () => {
  it('answers the interface that holds the address', async () => {
    const { driver } = await drive({ 'GET /1.0/interface/10.90.1.5': { status: 200, body: { interface: 'eth1' } } });
    expect(await driver.getInterface(address, '10.90.1.5')).toBe('eth1');
  });

  it('answers null when none does', async () => {
    const { driver } = await drive({ 'GET /1.0/interface/10.90.1.5': missing });
    expect(await driver.getInterface(address, '10.90.1.5')).toBeNull();
  });
});
