import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';

/** A local stack in a process of its own, as `npm start` runs it. */
export interface StackProcess {
  readonly apiUrl: string;
  readonly cloudsFile: string;
  /** Resident memory of the process in megabytes (10^6 bytes). */
  residentMb(): number;
  stop(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');
const manifest = z.object({ scripts: z.object({ start: z.string() }) });

/** What `npm start` gives Node, behind the launcher: options and the script. */
export const startArguments = (packageText: string): readonly string[] => {
  const words = manifest.parse(JSON.parse(packageText)).scripts.start.split(' ');
  return words.slice(words.findIndex((word) => word.endsWith('run.mjs')) + 1);
};

const READY = /Ready in .*: (http:\S+)/;

/** Megabytes that Linux says are resident, out of /proc/<pid>/status. @throws Error there is no such line */
export const residentMbOf = (status: string): number => {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error('the process has no resident memory');
  return (Number(kib) * 1024) / 1_000_000;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** With these it would use something else than its own parts. */
const ELSEWHERE: readonly string[] = ['OS_CLOUD', 'OS_AUTH_URL', 'DYNAMODB_ENDPOINT', 'STEP_FUNCTIONS_ENDPOINT'];

/**
 * @param environment without the settings of a stack in this process
 * @throws Error it ends before it is ready
 */
export const startStackProcess = async (environment: Environment): Promise<StackProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-worker-bench-'));
  const command = startArguments(readFileSync(join(root, 'package.json'), 'utf8'));
  const own = Object.fromEntries(Object.entries(environment).filter(([name]) => !ELSEWHERE.includes(name)));
  const child = spawn(process.execPath, [...command, '--port', '0', '--data', folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...own, LOG_LEVEL: 'SILENT' },
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const apiUrl = await new Promise<string>((done, fail) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = READY.exec(said)?.[1];
      if (url !== undefined) done(url);
    });
    child.on('exit', (code) => fail(new Error(`the stack ended with code ${code} before it was ready`)));
    child.on('error', fail);
  });
  return {
    apiUrl,
    cloudsFile: join(folder, 'clouds.yaml'),
    residentMb: () => residentMbOf(readFileSync(`/proc/${child.pid}/status`, 'utf8')),
    stop,
  };
};
