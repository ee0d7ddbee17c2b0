import { spawn } from 'node:child_process';

/**
 * Reads "add <pid>" and "del <pid>" until its input ends, then kills the process groups that are left and removes the
 * scratch folder. The input ends with the process that holds the other end, however that one died.
 */
const SCRIPT = `
pids=
while read -r word pid; do
  rest=
  for known in $pids; do [ "$known" = "$pid" ] || rest="$rest $known"; done
  pids=$rest
  [ "$word" = add ] && pids="$pids $pid"
done
for pid in $pids; do kill -s KILL -- "-$pid"; done 2>/dev/null
rm -rf "$1"
`;

/** One small shell that ends this process's haproxies should it die without doing so. */
export interface Watchdog {
  /** The id of a process group. */
  add(pid: number): void;
  remove(pid: number): void;
  stop(): Promise<void>;
}

/** `scratch`: a folder to remove at the end. */
export const createWatchdog = (scratch: string): Watchdog => {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'watchdog', scratch], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Writing fails when somebody ended the shell; pid files are then the second line of defence.
  shell.stdin.on('error', () => undefined);
  shell.on('error', () => undefined);
  shell.unref();
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  return {
    add: (pid) => void shell.stdin.write(`add ${pid}\n`),
    remove: (pid) => void shell.stdin.write(`del ${pid}\n`),
    stop: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
};
