import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Port } from '../../../../../lib/drivers/network/network-driver.ts';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { patience } from '../../../../patience.ts';
import { attachVrrpPort, type TestAmphora, testCloud, testWorker, type Worker } from '../helpers.ts';

const MISSING_MAC = 'fa:16:3e:00:00:00';

describe('amphora agent', () => {
  let cloud: StandInCloud;
  let worker: Worker;
  let amphora: TestAmphora;
  let port: Port;

  const vip = () => ({ ipAddress: '127.10.1.200', subnetCidr: cloud.facts.vipCidr, gateway: null, hostRoutes: [] });
  const plug = (macAddress: string) => ({
    vip: vip(),
    additionalVips: [{ ...vip(), ipAddress: '127.10.1.201' }],
    macAddress,
    vrrpIp: port.fixedIps[0]?.ipAddress ?? '',
    mtu: 1500,
  });

  beforeAll(async () => {
    cloud = await testCloud();
    worker = await testWorker(cloud, { readTimeout: 800 });
    amphora = await worker.boot();
    port = await attachVrrpPort(cloud, worker, amphora);
  });
  afterAll(async () => {
    await worker.session.close();
    await cloud.stop();
  });

  it('proves its identity over mutual TLS', async () => {
    const info = await worker.amphora.getInfo(amphora);
    expect(info).toMatchObject({ hostname: `amphora-${amphora.amphoraId}`, apiVersion: '1.0' });
    expect(info.haproxyVersion).toMatch(/^\d+\.\d+/);
    const details = await worker.amphora.getDetails(amphora);
    expect(details.cpuCount).toBeGreaterThan(0);
    expect(details.memory.free).toBeGreaterThan(0);
  });

  it('refuses a client of another authority', async () => {
    const stranger = await testWorker(cloud);
    await expect(stranger.amphora.getInfo(amphora)).rejects.toThrow();
    await stranger.session.close();
  });

  it('plugs a VIP only with an attached port, and again without complaint', async () => {
    await expect(worker.amphora.plugVip(amphora, plug(MISSING_MAC))).rejects.toThrow(/No suitable network interface/);
    await worker.amphora.plugVip(amphora, plug(port.macAddress));
    await worker.amphora.plugVip(amphora, plug(port.macAddress));
    expect(await worker.amphora.getInterface(amphora, '127.10.1.200')).toBe('eth1');
    expect(await worker.amphora.getInterface(amphora, '127.10.1.201')).toBe('eth1');
    expect(await worker.amphora.getInterface(amphora, '127.10.1.202')).toBeNull();
  });

  it('plugs a member network as eth2, and forgets it with its port', async () => {
    const member = await worker.network.createPort({
      name: `octavia-lb-member-${amphora.amphoraId}`,
      networkId: cloud.facts.memberNetworkId,
      fixedIps: [],
      adminStateUp: true,
    });
    const address = member.fixedIps[0]?.ipAddress ?? '';
    const network = {
      macAddress: member.macAddress,
      mtu: 1500,
      fixedIps: [{ ...vip(), ipAddress: address }],
      vip: null,
    };
    await worker.compute.attachPort(amphora.serverId, member.id);
    await worker.amphora.plugNetwork(amphora, network);
    await worker.amphora.plugNetwork(amphora, network);
    expect(await worker.amphora.getInterface(amphora, address)).toBe('eth2');
    await worker.network.deletePort(member.id);
    expect(await worker.amphora.getInterface(amphora, address)).toBeNull();
  });

  it('fails to plug under a name that is taken, and knows the interface the second time', async () => {
    const plugged = async (name: string) => {
      const port = await worker.network.createPort({
        name,
        networkId: cloud.facts.memberNetworkId,
        fixedIps: [],
        adminStateUp: true,
      });
      await worker.compute.attachPort(amphora.serverId, port.id);
      const address = port.fixedIps[0]?.ipAddress ?? '';
      const fixedIps = [{ ...vip(), ipAddress: address }];
      const plug = () =>
        worker.amphora.plugNetwork(amphora, { macAddress: port.macAddress, mtu: 1500, fixedIps, vip: null });
      return { id: port.id, plug, name: () => worker.amphora.getInterface(amphora, address) };
    };
    const [first, second, third] = [await plugged('one'), await plugged('two'), await plugged('three')];
    await first.plug();
    await second.plug();
    await worker.network.deletePort(first.id);
    await expect(third.plug()).rejects.toMatchObject({ status: 500, details: "(17, 'File exists')" });
    await third.plug();
    expect([await second.name(), await third.name()]).toEqual(['eth3', 'eth4']);
    for (const { id } of [second, third]) await worker.network.deletePort(id);
  });

  it('keeps certificates by their bytes', async () => {
    expect(await worker.amphora.uploadCertificate(amphora, 'lb', 'one.pem', 'PEM')).toBe(true);
    expect(await worker.amphora.uploadCertificate(amphora, 'lb', 'one.pem', 'PEM')).toBe(false);
    await worker.amphora.deleteCertificate(amphora, 'lb', 'one.pem');
    await worker.amphora.deleteCertificate(amphora, 'lb', 'one.pem');
    expect(await worker.amphora.uploadCertificate(amphora, 'lb', 'one.pem', 'PEM')).toBe(true);
  });

  it('shows a rotated certificate to new connections', async () => {
    await worker.amphora.uploadAgentCertificate(amphora, await worker.issue('somebody else'));
    await cloud.faults.setAgentMode(amphora.serverId, 'absent');
    await cloud.faults.setAgentMode(amphora.serverId, 'normal');
    await expect(worker.amphora.getInfo(amphora)).rejects.toMatchObject({ name: 'AmphoraIdentityError' });
    const right = await worker.issue(amphora.amphoraId);
    await cloud.faults.showCertificate(amphora.serverId, right);
    await worker.amphora.uploadAgentCertificate(amphora, right);
    await cloud.faults.setAgentMode(amphora.serverId, 'normal');
    expect(await worker.amphora.getInfo(amphora)).toMatchObject({ apiVersion: '1.0' });
  });

  it('waits for its address while something else still holds it', async () => {
    await cloud.faults.setAgentMode(amphora.serverId, 'absent');
    // A child that this process is just starting may hold it first.
    const holder = await vi.waitFor(async () => {
      const server = createServer().listen(cloud.facts.agentPort, amphora.lbNetworkIp);
      await once(server, 'listening');
      return server;
    }, patience.expect.poll);
    const serving = cloud.faults.setAgentMode(amphora.serverId, 'normal');
    await sleep(60);
    holder.close();
    await serving;
    expect(await worker.amphora.getInfo(amphora)).toMatchObject({ apiVersion: '1.0' });
  });

  it('holds the VIP only on the amphora with the highest priority once VRRP runs', async () => {
    const standby = await worker.boot({ topology: 'ACTIVE_STANDBY' });
    const standbyPort = await attachVrrpPort(cloud, worker, standby);
    await worker.amphora.plugVip(standby, {
      ...plug(standbyPort.macAddress),
      vrrpIp: standbyPort.fixedIps[0]?.ipAddress ?? '',
    });
    expect(await worker.amphora.getInterface(standby, '127.10.1.200')).toBeNull();
    const vrrp = (priority: number) =>
      `vrrp_instance x {\n  priority ${priority}\n  virtual_ipaddress {\n    127.10.1.200\n  }\n}\n`;
    for (const [each, priority] of [
      [amphora, 100],
      [standby, 90],
    ] as const) {
      await worker.amphora.uploadVrrpConfig(each, vrrp(priority));
      await worker.amphora.startVrrp(each);
    }
    expect(await worker.amphora.getInterface(amphora, '127.10.1.200')).toBe('eth1');
    expect(await worker.amphora.getInterface(standby, '127.10.1.200')).toBeNull();
    await cloud.faults.crashServer(amphora.serverId);
    expect(await worker.amphora.getInterface(standby, '127.10.1.200')).toBe('eth1');
  });

  it('can be mute, absent, or show an unsigned certificate', async () => {
    cloud.faults.setNextAgentMode('absent');
    const { serverId, ...address } = await worker.boot();
    await expect(worker.amphora.getInfo(address)).rejects.toMatchObject({ name: 'AmphoraUnreachableError' });
    await cloud.faults.setAgentMode(serverId, 'foreign');
    await expect(worker.amphora.getInfo(address)).rejects.toMatchObject({ name: 'AmphoraIdentityError' });
    await cloud.faults.setAgentMode(serverId, 'mute');
    await expect(worker.amphora.getInfo(address)).rejects.toMatchObject({ name: 'AmphoraSilentError' });
    await cloud.faults.setAgentMode(serverId, 'normal');
    expect(await worker.amphora.getInfo(address)).toMatchObject({ apiVersion: '1.0' });
  });
});
