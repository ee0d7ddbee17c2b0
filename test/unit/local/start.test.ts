import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const start = (...args: string[]) => {
  const child = spawn(process.execPath, ['local/start.ts', '--data', folder, ...args], {
    env: { PATH: process.env.PATH, HOME: folder },
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

test('says how to use it, answers, and stops cleanly on SIGINT', { timeout: 20_000 }, async () => {
  const { child, ready, output, exit } = start('--port', '0');
  await ready;
  expect(output()).toContain('openstack loadbalancer create');
  const url = /Ready in [\d.]+ s: (?<url>\S+)/.exec(output())?.groups?.url ?? '';
  expect((await fetch(`${url}/`)).status).toBe(200);
  child.kill('SIGINT');
  expect(await exit).toBe(0);
});

test('a port in use is one clear line and a failure', { timeout: 20_000 }, async () => {
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
  const { output, exit } = start('--port', '0', '--data', file);
  expect(await exit).toBe(1);
  expect(output()).toBe(`The data folder ${file} cannot be written (EEXIST).\n`);
});
