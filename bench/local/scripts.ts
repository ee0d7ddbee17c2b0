import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

type Environment = Readonly<Record<string, string | undefined>>;

export interface RunningScript {
  /** What it says, line by line. */
  readonly lines: AsyncIterable<string>;
  /** Waits until it has ended by itself. @throws Error it has failed */
  ended(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a script of a neighbouring folder in a process of its own. @param path from the folder `bench` on */
export const startScript = (path: string, environment: Environment): RunningScript => {
  const script = new URL(`../${path}`, import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...environment, LOG_LEVEL: 'SILENT' },
  });
  const exited = once(child, 'exit');
  const { stdout } = child;
  if (stdout === null) throw new Error(`${path} has no output`);
  return {
    lines: createInterface({ input: stdout }),
    ended: async () => {
      await exited;
      if (child.exitCode !== 0) throw new Error(`${path} ended with code ${child.exitCode}`);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
};
