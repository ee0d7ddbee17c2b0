import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A local stack in a process of its own, as `npm start` runs it. */
export interface StackProcess {
  readonly apiUrl: string;
  readonly cloudsFile: string;
  /** Resident memory of the process in megabytes (10^6 bytes). */
  residentMb(): number;
  stop(): Promise<void>;
}

const READY = /Ready in .*: (http:\S+)/;

/** Megabytes that Linux says are resident, out of /proc/<pid>/status. @throws Error there is no such line */
export const residentMbOf = (status: string): number => {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error('the process has no resident memory');
  return (Number(kib) * 1024) / 1_000_000;
};

/** @throws Error it ends before it is ready */
export const startStackProcess = async (): Promise<StackProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-worker-bench-'));
  const start = resolve(import.meta.dirname, '../../local/start.ts');
  const { OS_CLOUD: _cloud, OS_AUTH_URL: _url, ...environment } = process.env;
  const child = spawn(process.execPath, [start, '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, LOG_LEVEL: 'SILENT' },
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
