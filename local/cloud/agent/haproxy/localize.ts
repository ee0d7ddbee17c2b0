export interface Places {
  /** The amphora's base_path and base_cert_dir. */
  readonly basePath: string;
  readonly baseCertDir: string;
  /** Where a path of the amphora is on this host. */
  onHost(path: string): string;
  /** Where the statistics socket shall be: a short path, since the kernel takes 107 bytes. */
  readonly statsSocket: string;
}

/** The image has it only here, whatever the agent's base_path is. */
export const PING_WRAPPER = '/var/lib/octavia/ping-wrapper.sh';

/** Suffix of the copy of a crt-list whose paths are this host's. */
export const LOCAL_COPY = '.local';

const PATH_KEYWORDS = /\b(server-state-file|crt-list|crt|ca-file|crl-file|external-check command)(\s+)(\/\S+)/g;

const inGlobal = (line: string): boolean => !/^\s*(user|group)\s/.test(line) && !/^\s*log\s+\//.test(line);

/**
 * A worker's haproxy configuration as this host can run it: paths under the amphora's folders become the
 * instance's, and three things that only a virtual machine has are left out: user, group, log sockets.
 */
export const localize = (config: string, places: Places): string => {
  const isInside = (path: string): boolean =>
    path === PING_WRAPPER || [places.basePath, places.baseCertDir].some((base) => path.startsWith(`${base}/`));
  const moved = (path: string): string => (isInside(path) ? places.onHost(path) : path);
  const lines: string[] = [];
  let section = '';
  for (const line of config.split('\n')) {
    if (/^\S/.test(line) && !line.startsWith('#')) section = line.split(/\s/)[0] ?? '';
    if (section === 'global' && !inGlobal(line)) continue;
    lines.push(
      line
        .replace(/^(\s*stats socket\s+)(\/\S+)/, (_, words: string) => `${words}${places.statsSocket}`)
        .replace(PATH_KEYWORDS, (_, keyword: string, space: string, path: string) => {
          const target = moved(path);
          return `${keyword}${space}${keyword === 'crt-list' && target !== path ? `${target}${LOCAL_COPY}` : target}`;
        }),
    );
  }
  return lines.join('\n');
};

/** A crt-list with this host's paths. */
export const localizeCertificateList = (text: string, places: Pick<Places, 'baseCertDir' | 'onHost'>): string =>
  text.replace(/^\/\S+/gm, (path) => (path.startsWith(`${places.baseCertDir}/`) ? places.onHost(path) : path));
