import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const launcher = 'local/bin/run.mjs';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterAll(() => rm(folder, { recursive: true }));

const script = (text: string): string => {
  const path = join(folder, 'script.mjs');
  writeFileSync(path, text);
  return path;
};

const run = (...args: string[]) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [launcher, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

test('passes arguments and the exit code on, and puts its Node first in PATH', async () => {
  const path = script('console.log(process.argv[2], process.env.PATH.split(":")[0]); process.exit(7)');
  const { code, stdout } = await run(path, 'one');
  expect(code).toBe(7);
  expect(stdout.trim()).toBe(`one ${process.execPath.replace(/\/node$/, '')}`);
});

test('passes options of Node on', async () => {
  const path = script('console.log(process.execArgv.join())');
  expect((await run('--no-warnings', path)).stdout.trim()).toBe('--no-warnings');
});

test('runs a tool of node_modules', async () => {
  const { code, stdout } = await run('tsc', '--version');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Version /) });
});

test('says so when there is nothing to run', async () => {
  expect(await run('no-such-tool')).toMatchObject({ code: 1, stderr: expect.stringContaining('no-such-tool') });
});

test('ends what it runs for npm when its parent is gone', async () => {
  const path = script(
    'process.on("SIGTERM", () => process.exit()); console.log(process.pid); setInterval(() => {}, 1000)',
  );
  const shell = spawn('sh', ['-c', `${process.execPath} ${launcher} ${path}; true`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'start' },
  });
  const ended = once(shell.stdout, 'close');
  const [pid]: Buffer[] = await once(shell.stdout, 'data');
  shell.kill('SIGKILL');
  await ended;
  expect(() => process.kill(Number(String(pid)), 0)).toThrow('ESRCH');
});

test('passes a signal on', async () => {
  const path = script('process.on("SIGTERM", () => process.exit(3)); console.log("up"); setInterval(() => {}, 1000)');
  const child = spawn(process.execPath, [launcher, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([3, null]);
});
