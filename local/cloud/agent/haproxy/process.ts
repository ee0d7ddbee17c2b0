import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerPid } from './control-socket.ts';
import type { Watchdog } from './watchdog.ts';

export interface HaproxySpec {
  readonly binary: string;
  /** The localized configuration; read anew at every start and reload. */
  readonly configFile: string;
  readonly statsSocket: string;
  readonly pidFile: string;
  /** The name this haproxy has among its peers. */
  readonly peer: string;
  readonly watchdog: Watchdog;
}

/** haproxy as a master with workers, as in an amphora, and in the foreground. */
export interface Haproxy {
  isRunning(): boolean;
  /** Resolves when it serves. @throws Error with haproxy's own words */
  start(): Promise<void>;
  /** New workers take over the listening sockets, old ones finish what they have; starts when it is not running. */
  reload(): Promise<void>;
  stop(): Promise<void>;
  /** At once, without a farewell, as when the machine dies. */
  kill(): void;
}

/** A small limit instead of the configuration's: memory grows with it, and the host's file limit must hold it. */
const CONNECTIONS = '2000';
const PATIENCE = 10_000;
const LOAD_FAILED = /Loading failure|Failed to load worker|Fatal errors found|cannot bind|Error\(s\) found/;
const MAX_WORDS = 8192;

export const createHaproxy = (spec: HaproxySpec): Haproxy => {
  let child: ChildProcess | null = null;
  let words = '';

  const isRunning = (): boolean => child !== null && child.exitCode === null && child.signalCode === null;

  const forget = (gone: ChildProcess): void => {
    if (gone.pid !== undefined) spec.watchdog.remove(gone.pid);
    if (child === gone) child = null;
    rmSync(spec.pidFile, { force: true });
  };

  const launch = (): void => {
    words = '';
    const args = ['-W', '-db', '-n', CONNECTIONS, '-L', spec.peer, '-f', spec.configFile];
    const started = spawn(spec.binary, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    started.stderr.on('data', (chunk: Buffer) => {
      words = `${words}${chunk}`.slice(-MAX_WORDS);
    });
    started.on('error', (error) => {
      words += error.message;
    });
    started.on('exit', () => forget(started));
    if (started.pid !== undefined) {
      spec.watchdog.add(started.pid);
      writeFileSync(spec.pidFile, String(started.pid));
    }
  };

  /** Waits for a worker other than `old` to answer. */
  const serving = async (old: number | null): Promise<void> => {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      if (!isRunning()) throw new Error(words.trim() || 'haproxy ended at once');
      if (LOAD_FAILED.test(words)) throw new Error(words.trim());
      const pid = await workerPid(spec.statsSocket);
      if (pid !== null && pid !== old) return;
      await sleep(5);
    }
    throw new Error(`haproxy is not ready after ${PATIENCE / 1000} s: ${words.trim()}`);
  };

  /** To the master and its workers. */
  const killGroup = (): void => {
    if (child?.pid !== undefined && isRunning()) process.kill(-child.pid, 'SIGKILL');
  };

  const stop = async (): Promise<void> => {
    const ending = child;
    if (ending === null || !isRunning()) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGTERM');
    const hard = setTimeout(killGroup, 2000);
    await ended;
    clearTimeout(hard);
  };

  const start = async (): Promise<void> => {
    if (isRunning()) return;
    launch();
    try {
      await serving(null);
    } catch (error) {
      await stop();
      throw error;
    }
  };

  return {
    isRunning,
    start,
    stop,
    reload: async () => {
      if (!isRunning()) return start();
      const old = await workerPid(spec.statsSocket);
      words = '';
      child?.kill('SIGUSR2');
      await serving(old);
    },
    kill: killGroup,
  };
};

/** Ends the haproxy of a pid file, left by a process that died, when it still is the one that used `folder`. */
export const killLeftover = (pidFile: string, folder: string): void => {
  const pid = Number(readFileSync(pidFile, 'utf8'));
  rmSync(pidFile, { force: true });
  if (!Number.isInteger(pid) || pid <= 1 || !commandLine(pid).includes(folder)) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
