import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface HaproxyBinary {
  readonly path: string;
  /** For example 2.6.12-1+deb12u4. */
  readonly version: string;
}

/** What an amphora says when no haproxy is installed; the renderer then behaves as for this one. */
export const ASSUMED_VERSION = '2.6.0';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** haproxy at the given path, or the first one in PATH and the usual folders; null when there is none. */
export const findHaproxy = (wanted?: string | null): HaproxyBinary | null => {
  if (wanted === null) return null;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const path = [wanted ?? [], folders.map((folder) => join(folder, 'haproxy'))].flat().find(isExecutable);
  if (path === undefined) return null;
  const banner = execFileSync(path, ['-v'], { encoding: 'utf8' });
  return { path, version: /version (\S+)/i.exec(banner)?.[1] ?? ASSUMED_VERSION };
};
