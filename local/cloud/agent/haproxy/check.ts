import { readFileSync, rmSync } from 'node:fs';
import type { Launcher } from './launcher.ts';

/** haproxy's own words when it refuses a configuration file, or null. */
export const checkConfig = async (
  launcher: Launcher,
  binary: string,
  file: string,
  peer: string,
): Promise<string | null> => {
  const words = `${file}.words`;
  try {
    const code = await launcher.run([binary, '-c', '-L', peer, '-f', file], words);
    return code === 0 ? null : readFileSync(words, 'utf8').trim() || `haproxy ended with ${code}`;
  } finally {
    rmSync(words, { force: true });
  }
};
