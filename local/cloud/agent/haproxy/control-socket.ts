import { connect } from 'node:net';

/** One command over haproxy's control socket; the whole answer. @throws when nothing listens */
export const ask = (path: string, command: string, timeout = 2000): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    const chunks: Buffer[] = [];
    socket.setTimeout(timeout, () => socket.destroy(new Error('haproxy does not answer on its socket')));
    socket.on('connect', () => socket.end(`${command}\n`));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });

/** Process id of the haproxy worker behind the socket; null when none answers. */
export const workerPid = async (path: string): Promise<number | null> => {
  const info = await ask(path, 'show info').catch(() => '');
  const pid = /^Pid: (\d+)$/m.exec(info)?.[1];
  return pid === undefined ? null : Number(pid);
};

/** Rows of `show stat`, by column name. */
export const statistics = async (path: string): Promise<readonly Readonly<Record<string, string>>[]> => {
  const [header = '', ...lines] = (await ask(path, 'show stat')).trim().split('\n');
  const names = header.replace(/^# /, '').split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
};
