import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';

/** What a stack gets to start, in milliseconds. */
const START_MS = 90_000;
/** Node's limits of `npm start`, and what tells its memory. */
const OPTIONS = [
  '--max-semi-space-size=8',
  '--max-old-space-size=384',
  '--expose-gc',
  `--import=${new URL('memory-reporter.ts', import.meta.url)}`,
];
/** Characters of its log that are kept to explain a start that fails. */
const LOG_KEPT = 4_000;

/** In MB, once garbage is collected. */
export interface Memory {
  /** What is kept, of JavaScript's objects. */
  readonly heap: number;
  readonly resident: number;
}

const usage = z
  .object({ heapUsed: z.number(), rss: z.number() })
  .transform(({ heapUsed, rss }): Memory => ({ heap: heapUsed / 1_000_000, resident: rss / 1_000_000 }));

export interface StackProcess {
  /** When it was ready, as `Date.now()`. */
  readonly readyAt: number;
  readonly vipSubnetId: string;
  memory(): Promise<Memory>;
  /** SIGKILL; returns when the process is gone. */
  kill(): Promise<void>;
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

/**
 * Starts a local stack as a process of its own, with default settings.
 * @param folder its data folder
 * @param port the API's; the stack takes the next six, too
 * @throws Error it ends before it is ready, or is not ready in time; with the end of its log
 */
export const startStackProcess = async (folder: string, port: number): Promise<StackProcess> => {
  const child = spawn(process.execPath, [...OPTIONS, 'local/start.ts', '--data', folder, '--port', String(port)], {
    env: { PATH: process.env.PATH, HOME: folder, LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  let log = '';
  const ready = Promise.withResolvers<void>();
  child.stderr?.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-LOG_KEPT);
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-LOG_KEPT);
    if (output.includes('Ctrl-C stops it')) ready.resolve();
  });
  child.once('exit', (code) => ready.reject(new Error(`the stack ended with ${code}: ${log}`)));
  const timer = setTimeout(() => ready.reject(new Error(`the stack is not ready: ${output}${log}`)), START_MS);
  try {
    await ready.promise;
  } catch (error) {
    await end(child);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const subnet = /--vip-subnet-id (\S+)/.exec(output)?.[1];
  if (subnet === undefined) throw new Error(`the stack names no VIP subnet: ${output}`);
  return {
    readyAt: Date.now(),
    vipSubnetId: subnet,
    memory: async () => {
      const told = once(child, 'message');
      child.send('memory');
      const [memory] = await told;
      return usage.parse(memory);
    },
    kill: async () => await end(child),
  };
};
