import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerPid } from './control-socket.ts';
import type { Launcher, Started } from './launcher.ts';

export interface HaproxySpec {
  readonly binary: string;
  /** The localized configuration; read again at every start and reload. */
  readonly configFile: string;
  readonly statsSocket: string;
  readonly pidFile: string;
  /** What it says of what goes wrong. */
  readonly wordsFile: string;
  /** The name this haproxy has among its peers. */
  readonly peer: string;
  readonly launcher: Launcher;
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

export const createHaproxy = (spec: HaproxySpec): Haproxy => {
  let master: Started | null = null;
  let launching: Promise<void> | null = null;
  let isDead = false;

  const isRunning = (): boolean => master !== null;

  const words = (): string => (existsSync(spec.wordsFile) ? readFileSync(spec.wordsFile, 'utf8').trim() : '');

  const launch = async (): Promise<void> => {
    const command = [spec.binary, '-W', '-db', '-n', CONNECTIONS, '-L', spec.peer, '-f', spec.configFile];
    rmSync(spec.wordsFile, { force: true });
    const started = await spec.launcher.start(command, spec.wordsFile);
    master = started;
    if (isDead) killGroup();
    writeFileSync(spec.pidFile, String(started.pid));
    started.ended.then(() => {
      if (master === started) master = null;
      rmSync(spec.pidFile, { force: true });
    });
  };

  /** Waits for a worker other than `old` to answer. */
  const serving = async (old: number | null): Promise<void> => {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      if (!isRunning()) throw new Error(words() || 'haproxy ended at once');
      if (LOAD_FAILED.test(words())) throw new Error(words());
      const pid = await workerPid(spec.statsSocket);
      if (pid !== null && pid !== old) return;
      await sleep(5);
    }
    throw new Error(`haproxy is not ready after ${PATIENCE / 1000} s: ${words()}`);
  };

  /** To the master, or with a minus before it to its workers too; one that is gone by now is fine. */
  const signal = (target: number, name: 'SIGTERM' | 'SIGUSR2' | 'SIGKILL'): void => {
    try {
      process.kill(target, name);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };

  const killGroup = (): void => {
    if (master !== null) signal(-master.pid, 'SIGKILL');
  };

  const stop = async (): Promise<void> => {
    await launching?.catch(() => undefined);
    const ending = master;
    if (ending === null) return;
    signal(ending.pid, 'SIGTERM');
    const hard = setTimeout(() => signal(-ending.pid, 'SIGKILL'), 2000);
    await ending.ended;
    clearTimeout(hard);
  };

  const start = async (): Promise<void> => {
    if (isRunning()) return;
    launching = launch();
    await launching;
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
      if (master === null) return start();
      const { pid } = master;
      const old = await workerPid(spec.statsSocket);
      truncateSync(spec.wordsFile);
      signal(pid, 'SIGUSR2');
      await serving(old);
    },
    kill: () => {
      isDead = true;
      killGroup();
    },
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
    if (!isGone(error)) throw error;
  }
};

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ESRCH';

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
