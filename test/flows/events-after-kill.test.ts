import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { loadBalancerApi } from '../cloud/load-balancer-api.ts';
import { signIn } from '../helpers/tenant.ts';
import { readTransitions } from '../helpers/transitions.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

const cloudsFile = z.object({ clouds: z.record(z.string(), z.object({ auth: z.object({ auth_url: z.string() }) })) });

/** The stack in a process of its own, on the test's folder. */
const startStack = async () => {
  const child = spawn(process.execPath, ['local/start.ts', '--data', folder, '--port', '0'], {
    env: { PATH: process.env.PATH, HOME: folder, RECOVERY_GRACE_MS: '0', DISPATCH_GRACE_MS: '0', LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const url = /Ready in [\d.]+ s: (\S+)/.exec(output)?.[1];
    if (url !== undefined && output.includes('Ctrl-C stops it')) resolve(url);
  });
  child.once('exit', () => reject(new Error(output)));
  const apiUrl = await ready;
  const { clouds } = cloudsFile.parse(parse(await readFile(join(folder, 'clouds.yaml'), 'utf8')));
  const token = await signIn(clouds.alice?.auth.auth_url ?? '', 'alice', 'project-a');
  return {
    apiUrl,
    token,
    subnetId: /--vip-subnet-id (\S+)/.exec(output)?.[1],
    api: loadBalancerApi(apiUrl, token),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};

test('a stack that is killed twice emits each transition once, in order', { timeout: 240_000 }, async () => {
  const first = await startStack();
  const { id } = await first.api.create({ name: 'killed', vip_subnet_id: first.subnetId });
  await first.kill();
  const second = await startStack();
  await pause(300);
  await second.kill();
  const last = await startStack();
  const reader = await readTransitions(last.apiUrl, last.token, { after: 0, query: `?loadbalancer_id=${id}` });
  await reader.until(({ object_id, after }) => object_id === id && after === 'ACTIVE', 120_000);
  reader.close();
  const { read } = reader;
  const lives = read.filter(({ field }) => field === 'provisioning_status');
  expect(lives.map(({ before, after }) => `${before} > ${after}`)).toEqual([
    'null > PENDING_CREATE',
    'PENDING_CREATE > ACTIVE',
  ]);
  expect(new Set(read.map((one) => one.id)).size).toBe(read.length);
  expect(read.map(({ number }) => number)).toEqual([...read.map(({ number }) => number)].sort((a, b) => a - b));
});
