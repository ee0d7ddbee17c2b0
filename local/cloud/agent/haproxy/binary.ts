import { execFileSync } from 'node:child_process';
import { findProgram } from '../../../programs.ts';

export interface HaproxyBinary {
  readonly path: string;
  /** For example 2.6.12-1+deb12u4. */
  readonly version: string;
}

/** What an amphora says when no haproxy is installed; the renderer then behaves as for this one. */
export const ASSUMED_VERSION = '2.6.0';

/** haproxy at the given path, or the first one in PATH and the usual folders; null when there is none. */
export const findHaproxy = (wanted?: string | null): HaproxyBinary | null => {
  const path = wanted === undefined ? findProgram('haproxy') : wanted;
  if (path === null) return null;
  const banner = execFileSync(path, ['-v'], { encoding: 'utf8' });
  return { path, version: /version (\S+)/i.exec(banner)?.[1] ?? ASSUMED_VERSION };
};
