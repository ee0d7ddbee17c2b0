import { execFile } from 'node:child_process';

/** haproxy's own words when it refuses a configuration file, or null. */
export const checkConfig = (binary: string, file: string, peer: string): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(binary, ['-c', '-L', peer, '-f', file], { timeout: 30_000 }, (error, stdout, stderr) =>
      resolve(error === null ? null : `${stdout}${stderr}`.trim() || error.message),
    );
  });
