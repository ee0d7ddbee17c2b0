import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const startWith = (environment: Readonly<Record<string, string>>, ...args: string[]) => {
  const child = spawn(process.execPath, ['local/start.ts', '--data', folder, ...args], {
    env: { PATH: process.env.PATH, HOME: folder, ...environment },
  });
  children.push(child);
  let output = '';
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    if (output.includes('Ctrl-C stops it')) resolve();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return { child, ready, output: () => output, exit: once(child, 'exit').then(([code]: unknown[]) => code) };
};

const start = (...args: string[]) => startWith({}, '--port', '0', ...args);

/** What a start that is refused says. */
const refusal = async (environment: Readonly<Record<string, string>>, ...args: string[]): Promise<string> => {
  const { output, exit } = startWith(environment, '--port', '0', ...args);
  expect(await exit).toBe(1);
  expect(output()).toMatch(/^[^\n]+\n$/);
  return output().trim();
};

test('says how to use it, answers, and stops cleanly on SIGINT', async () => {
  const { child, ready, output, exit } = start();
  await ready;
  expect(output()).toContain('openstack loadbalancer create');
  const url = /Ready in [\d.]+ s: (?<url>\S+)/.exec(output())?.groups?.url ?? '';
  expect((await fetch(`${url}/`)).status).toBe(200);
  child.kill('SIGINT');
  expect(await exit).toBe(0);
});

test("the exports of an earlier start's greeting do not make it use another cloud", async () => {
  const exported = { OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml'), OS_CLOUD: 'alice' };
  const { child, ready, output, exit } = startWith(exported, '--port', '0');
  await ready;
  expect(output()).toContain(`OS_CLOUD=alice is of ${exported.OS_CLIENT_CONFIG_FILE}, the local stack's own: ignored.`);
  expect(output()).toContain(`export OS_CLIENT_CONFIG_FILE=${exported.OS_CLIENT_CONFIG_FILE} OS_CLOUD=alice`);
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

describe('a start is refused with one line', () => {
  const cloud = {
    OS_AUTH_URL: 'http://127.0.0.1:9/v3',
    OS_USERNAME: 'u',
    OS_PASSWORD: 'p',
    OS_PROJECT_NAME: 'octavia',
  };

  test('for a setting that cannot be', async () => {
    expect(await refusal({ LOADBALANCER_TOPOLOGY: 'ACTIVE' })).toBe(
      'LOADBALANCER_TOPOLOGY: must be one of SINGLE, ACTIVE_STANDBY, is "ACTIVE"',
    );
  });

  test('for a clouds.yaml that is not there', async () => {
    const given = { OS_CLOUD: 'mine', OS_CLIENT_CONFIG_FILE: '/nonexistent/clouds.yaml' };
    expect(await refusal(given)).toMatch(/^OS_CLIENT_CONFIG_FILE: no clouds.yaml at \/nonexistent\/clouds.yaml\. /);
  });

  test('for all that is not known of a real cloud', async () => {
    expect(await refusal(cloud)).toBe('AMP_FLAVOR_ID, AMP_BOOT_NETWORK_LIST: are required and not set');
  });

  test('for a stage that names of AWS cannot hold', async () => {
    expect(await refusal({}, '--stage', 'a b')).toMatch(/^--stage a b is no stage: /);
  });

  test('for a host that is not of this machine', async () => {
    expect(await refusal({}, '--host', '192.0.2.1')).toMatch(/cannot listen: .*192\.0\.2\.1.*Is --host an address/);
  });

  test('for a damaged state of the stand-in cloud', async () => {
    await mkdir(join(folder, 'cloud'));
    await writeFile(join(folder, 'cloud', 'cloud.json'), '{"version":');
    expect(await refusal({})).toMatch(/cloud\.json is no state of a stand-in cloud: restore it, or move/);
  });

  test('for a damaged journal of executions', async () => {
    await writeFile(join(folder, 'executions.jsonl'), '{"history"\n{}\n');
    expect(await refusal({})).toBe(
      `${join(folder, 'executions.jsonl')} is damaged in line 1: restore it, or move it away to start without it.`,
    );
  });

  test('for a table that is no whole database', async () => {
    await mkdir(join(folder, 'dynamodb'));
    await writeFile(join(folder, 'dynamodb', '000005.ldb'), '');
    expect(await refusal({})).toMatch(/^The table in .*dynamodb is damaged \(no file CURRENT\): restore it/);
  });
});

test('a port in use is one clear line and a failure', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { output, exit } = start('--port', String(port));
  expect(await exit).toBe(1);
  server.close();
  expect(output()).toMatch(/^Port \d+ for .+ is in use\.\n$/);
});

test('a data folder that cannot be one is one clear line and a failure', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const { output, exit } = start('--data', file);
  expect(await exit).toBe(1);
  expect(output()).toBe(`The data folder ${file} cannot be written (EEXIST).\n`);
});
