import { createServer, type Server } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { needs } from '../../../../helpers/needs.ts';
import { attachVrrpPort, eventually, type TestAmphora, testCloud, testWorker, type Worker } from '../helpers.ts';
import { combinedConfig } from './amphora-config.ts';

const LB = '11111111-2222-4333-8444-000000000001';

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );

/** On a connection of its own: one that is kept may be closed by the haproxy that leaves, just when it is used again. */
const get = async (url: string): Promise<string> => (await request(url, { reset: true })).body.text();

const subjectShown = (host: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });

needs('haproxy').describe('traffic through an amphora', () => {
  let cloud: StandInCloud;
  let worker: Worker;
  let amphora: TestAmphora;
  let vip: string;
  let memberPort: number;
  const member = createServer((_, response) => response.end('member says hello'));

  beforeAll(async () => {
    memberPort = await listening(member);
    cloud = await testCloud();
    worker = await testWorker(cloud);
    amphora = await worker.boot();
    vip = (await attachVrrpPort(cloud, worker, amphora)).fixedIps[0]?.ipAddress ?? '';
  });
  afterAll(async () => {
    await worker.session.close();
    await cloud.stop();
    member.close();
  });

  it("refuses a configuration in the words of haproxy, with the amphora's own paths", async () => {
    const broken = combinedConfig({ lb: LB, vip, port: 8080, memberPort }).replace('mode http', 'mode nonsense');
    const upload = worker.amphora.uploadHaproxyConfig(amphora, LB, broken);
    await expect(upload).rejects.toMatchObject({ name: 'AmphoraRequestError', status: 400 });
    await expect(upload).rejects.toThrow(/\/var\/lib\/octavia\/11111111-.*nonsense/s);
    expect(await worker.amphora.getHaproxyConfig(amphora, LB)).toBeNull();
  });

  it('gives back the bytes it was given, and serves nothing before it is started', async () => {
    const config = combinedConfig({ lb: LB, vip, port: 8080, memberPort });
    await worker.amphora.uploadHaproxyConfig(amphora, LB, config);
    expect(await worker.amphora.getHaproxyConfig(amphora, LB)).toBe(config);
    await expect(get(`http://${vip}:8080/`)).rejects.toThrow();
  });

  it('carries requests from the VIP to the member once started, and start again changes nothing', async () => {
    await worker.amphora.start(amphora, LB);
    expect(await get(`http://${vip}:8080/`)).toBe('member says hello');
    await worker.amphora.start(amphora, LB);
    expect(await get(`http://${vip}:8080/`)).toBe('member says hello');
  });

  it('takes a new configuration at a reload without refusing one connection', async () => {
    const results: Promise<string>[] = [];
    const config = combinedConfig({ lb: LB, vip, port: 8080, memberPort }).replace('retries 3', 'retries 2');
    await worker.amphora.uploadHaproxyConfig(amphora, LB, config);
    const reloaded = worker.amphora.reload(amphora, LB);
    for (let count = 0; count < 40; count += 1) {
      results.push(get(`http://${vip}:8080/`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [answers] = await Promise.all([Promise.all(results), reloaded]);
    expect(new Set(answers)).toEqual(new Set(['member says hello']));
  });

  it('fails a reload whose port cannot be had, and goes on with what it had', async () => {
    const taken = combinedConfig({ lb: LB, vip: '203.0.113.9', port: 8080, memberPort });
    await worker.amphora.uploadHaproxyConfig(amphora, LB, taken);
    await expect(worker.amphora.reload(amphora, LB)).rejects.toThrow(/cannot bind/);
    // haproxy stops listening for as long as the new process tries the ports, and hears a moment later that it failed.
    await expect.poll(() => get(`http://${vip}:8080/`)).toBe('member says hello');
  });

  it('ends TLS with a certificate named by a certificate list', async () => {
    const folder = `/var/lib/octavia/certs/${LB}`;
    await worker.amphora.uploadCertificate(amphora, LB, 'abc.pem', await worker.issue('www.example.test'));
    await worker.amphora.uploadCertificate(amphora, LB, 'listener-1.pem', `${folder}/abc.pem\n`);
    const config = combinedConfig({ lb: LB, vip, port: 8443, memberPort, certificateList: `${folder}/listener-1.pem` });
    await worker.amphora.uploadHaproxyConfig(amphora, LB, config);
    await worker.amphora.reload(amphora, LB);
    expect(await subjectShown(vip, 8443)).toBe('www.example.test');
  });

  it("stops with the listener's deletion, twice alike", async () => {
    await worker.amphora.deleteListener(amphora, LB);
    await worker.amphora.deleteListener(amphora, LB);
    await expect(get(`http://${vip}:8080/`)).rejects.toThrow();
    expect(await worker.amphora.getHaproxyConfig(amphora, LB)).toBeNull();
  });

  it('lets haproxies of two amphorae serve the same VIP, and one go on when the other dies', async () => {
    const second = await worker.boot();
    const config = combinedConfig({ lb: LB, vip, port: 8080, memberPort });
    for (const each of [amphora, second]) {
      await worker.amphora.uploadHaproxyConfig(each, LB, config);
      await worker.amphora.start(each, LB);
    }
    await cloud.faults.crashServer(amphora.serverId);
    expect((await worker.compute.getServer(amphora.serverId)).status).toBe('ACTIVE');
    await expect(worker.amphora.getInfo(amphora)).rejects.toMatchObject({ name: 'AmphoraUnreachableError' });
    await eventually(() => get(`http://${vip}:8080/`).catch(() => null));
    for (let count = 0; count < 10; count += 1) expect(await get(`http://${vip}:8080/`)).toBe('member says hello');
    await worker.compute.deleteServer(second.serverId);
    await eventually(() => !cloud.state.servers.has(second.serverId));
    await expect(get(`http://${vip}:8080/`)).rejects.toThrow();
  });
});
