import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeOf, StartError } from './errors.ts';

export interface DataFolder {
  readonly path: string;
  /** False for a folder that goes away with the stack. */
  readonly kept: boolean;
  release(): void;
}

/** When a process was started, as the kernel counts: tells a process from an older one of the same number. */
const startOf = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

const isRunning = (pid: number, start: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return now === null || start === '' || now === start;
};

/** Number of the process that holds the lock; null when it is free or its holder is gone. */
const holderOf = (lock: string): number | null => {
  let text: string;
  try {
    text = readFileSync(lock, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const [pid = '', start = ''] = text.trim().split(' ');
  return pid !== '' && isRunning(Number(pid), start) ? Number(pid) : null;
};

const takeLock = (folder: string): string => {
  const lock = join(folder, 'stack.lock');
  for (;;) {
    try {
      const file = openSync(lock, 'wx', 0o600);
      writeSync(file, `${process.pid} ${startOf(process.pid) ?? ''}\n`);
      closeSync(file);
      return lock;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = holderOf(lock);
    if (holder !== null)
      throw new StartError(`The data folder ${folder} is used by another stack (process ${holder}).`);
    rmSync(lock, { force: true });
  }
};

const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC']);

/**
 * Takes a data folder for this process, or makes one that goes away when there is none (`null`).
 * Fails with StartError when another stack uses it or it cannot be written.
 */
export const openDataFolder = (wanted: string | null): DataFolder => {
  if (wanted === null) {
    const path = mkdtempSync(join(tmpdir(), 'deploy-worker-'));
    return { path, kept: false, release: () => rmSync(path, { recursive: true, force: true }) };
  }
  const path = resolve(wanted);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = takeLock(path);
    return { path, kept: true, release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    const code = codeOf(error);
    if (code === null || !unwritable.has(code)) throw error;
    throw new StartError(`The data folder ${path} cannot be written (${code}).`);
  }
};
