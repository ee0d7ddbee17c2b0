import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCloud } from '../../../../local/cloud/cloud.ts';
import { needs } from '../../../helpers/needs.ts';
import { combinedConfig } from './agent/amphora-config.ts';
import { anonymous, attachVrrpPort, callerAs, eventually, testCloud, testWorker } from './helpers.ts';

const LB = '11111111-2222-4333-8444-000000000003';
const serves = (url: string): Promise<boolean> =>
  request(url).then(
    async ({ body }) => (await body.text()) === 'hello',
    () => false,
  );

describe('stand-in cloud', () => {
  let folder: string;
  const member = createServer((_, response) => response.end('hello'));
  let memberPort = 0;

  beforeAll(async () => {
    await new Promise<void>((resolve) => member.listen(0, '127.0.0.1', resolve));
    const address = member.address();
    memberPort = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    member.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cloud-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has the same ids every time, and other addresses side by side', async () => {
    const [one, two] = await Promise.all([testCloud(), testCloud()]);
    expect(one.facts.vipSubnetId).toBe(two.facts.vipSubnetId);
    expect(one.facts.projects).toEqual(two.facts.projects);
    expect(one.facts.vipCidr).not.toBe(two.facts.vipCidr);
    await Promise.all([one.stop(), two.stop()]);
    await one.stop();
  });

  it('refuses addresses another one uses, and a state that is none', async () => {
    const addressBlock = { management: 253, tenant: 254 };
    const first = await testCloud({ addressBlock });
    await expect(testCloud({ addressBlock })).rejects.toThrow(/another stand-in cloud uses/);
    await first.stop();
    writeFileSync(join(folder, 'cloud.json'), '{"version":99}');
    await expect(testCloud({ dataFolder: folder })).rejects.toThrow(/no state of a stand-in cloud/);
  });

  needs('haproxy').it('goes on after a restart: ports, tokens, agents, haproxies', async () => {
    const first = await testCloud({ dataFolder: folder });
    const worker = await testWorker(first);
    const amphora = await worker.boot();
    const vip = (await attachVrrpPort(first, worker, amphora)).fixedIps[0]?.ipAddress ?? '';
    await worker.amphora.uploadHaproxyConfig(amphora, LB, combinedConfig({ lb: LB, vip, port: 8080, memberPort }));
    await worker.amphora.start(amphora, LB);
    const token = await anonymous(first)('POST', '/identity/v3/auth/tokens', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'bob', domain: { id: 'default' }, password: first.facts.password } },
        },
      },
    });
    await first.stop();
    expect(await serves(`http://${vip}:8080/`)).toBe(false);
    expect(statSync(join(folder, 'cloud.json')).mode & 0o077).toBe(0);

    const second = await testCloud({ dataFolder: folder });
    expect([...second.state.ports.keys()]).toEqual([...first.state.ports.keys()]);
    expect(await serves(`http://${vip}:8080/`)).toBe(true);
    expect(await worker.amphora.getInfo(amphora)).toMatchObject({ apiVersion: '1.0' });
    const headers = { 'x-auth-token': String(token.headers['x-subject-token']) };
    expect((await anonymous(second)('GET', '/network/v2.0/ports', undefined, headers)).status).toBe(200);
    await worker.session.close();
    await second.stop();
  });

  it('has saved what it answers to', async () => {
    const cloud = await testCloud({ dataFolder: folder });
    const call = await callerAs(cloud, 'alice', 'project-a');
    for (const name of ['one', 'two', 'three']) {
      const made = await call('POST', '/network/v2.0/ports', { port: { network_id: cloud.facts.vipNetworkId, name } });
      expect(made.status).toBe(201);
      expect(readFileSync(join(folder, 'cloud.json'), 'utf8')).toContain(`"name":"${name}"`);
    }
    await cloud.stop();
  });

  needs('haproxy').it(
    'leaves no haproxy behind when its process is killed, and comes back',
    async () => {
      const data = join(folder, 'data');
      const program = join(folder, 'program.ts');
      const source = new URL('./killed-cloud.ts', import.meta.url).pathname;
      writeFileSync(
        program,
        `import { run } from ${JSON.stringify(source)};\nawait run(${JSON.stringify(data)}, ${memberPort});\n`,
      );
      const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const vip = await new Promise<string>((resolve) =>
        child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
      );
      expect(await serves(`http://${vip}:8080/`)).toBe(true);
      child.kill('SIGKILL');
      await eventually(async () => !(await serves(`http://${vip}:8080/`)));

      const again = await startCloud({ dataFolder: data, port: 0 });
      expect(await serves(`http://${vip}:8080/`)).toBe(true);
      expect(again.state.servers.size).toBe(1);
      await again.stop();
      expect(await serves(`http://${vip}:8080/`)).toBe(false);
    },
    20_000,
  );
});
