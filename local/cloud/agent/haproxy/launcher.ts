import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that runs in a process group of its own. */
export interface Started {
  readonly pid: number;
  /** When it has ended; never fails. */
  readonly ended: Promise<void>;
}

/**
 * Starts programs from a small shell. This process copies its page tables for each child, which takes tens of milliseconds
 * in which it does nothing else; the shell's are small. Should this process die, the shell ends what runs and removes the
 * scratch folder.
 */
export interface Launcher {
  /** Runs a program to its end, and answers its exit code. @param wordsFile where its output goes */
  run(command: readonly string[], wordsFile: string): Promise<number>;
  /** Starts a program. @param wordsFile what it says of what goes wrong is added there @throws Error the shell is gone */
  start(command: readonly string[], wordsFile: string): Promise<Started>;
  stop(): Promise<void>;
}

/**
 * Does each line it is given, until its input ends, with the process that holds the other end, however that one died. Then
 * it kills the groups that are left and removes the scratch folder.
 */
const SCRIPT = `
groups="$1/groups"
mkdir -p "$groups"
while read -r line; do eval "$line"; done
for file in "$groups"/*; do kill -s KILL -- "-\${file##*/}"; done 2>/dev/null
rm -rf "$1"
`;

/** In a group of its own first, then reported, then the program: the reader of the report may signal the group. */
const START = `: >"$1/$$"; echo "began $2 $$"; shift 2; exec "$@" >/dev/null`;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
const shellWords = (command: readonly string[]): string => command.map(quoted).join(' ');

const MESSAGE = /^(began|ended) (\d+) (\d+)$/;

interface Waiting {
  readonly began: (pid: number) => void;
  readonly ended: (code: number) => void;
  readonly failed: (error: Error) => void;
}

/** @param scratch a folder of its own, removed at the end */
export const createLauncher = (scratch: string): Launcher => {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'launcher', scratch], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let isGone = false;
  const gone = (): Error => new Error('the shell that starts programs has ended');

  /** It holds this process back from its end while something is waited for. */
  const hold = (): void => {
    const ends = [shell, shell.stdin, shell.stdout];
    for (const end of ends) {
      if (waiting.size > 0 && 'ref' in end && typeof end.ref === 'function') end.ref();
      if (waiting.size === 0 && 'unref' in end && typeof end.unref === 'function') end.unref();
    }
  };

  const ended = new Promise<void>((resolve) => {
    for (const event of ['exit', 'error'] as const) shell.once(event, () => resolve());
  }).then(() => {
    isGone = true;
    for (const { failed } of waiting.values()) failed(gone());
    waiting.clear();
  });
  shell.stdin.on('error', () => undefined);

  createInterface({ input: shell.stdout }).on('line', (line) => {
    const [, word, number, value] = MESSAGE.exec(line) ?? [];
    const found = waiting.get(Number(number));
    if (word === 'began') found?.began(Number(value));
    if (word === 'ended') {
      waiting.delete(Number(number));
      hold();
      found?.ended(Number(value));
    }
  });
  hold();

  const order = (line: (number: number) => string, parts: Waiting): void => {
    if (isGone) {
      parts.failed(gone());
      return;
    }
    count += 1;
    waiting.set(count, parts);
    hold();
    shell.stdin.write(`{ ${line(count)}; } &\n`);
  };

  return {
    run: (command, wordsFile) =>
      new Promise((resolve, reject) => {
        const done = `${shellWords(command)} >${quoted(wordsFile)} 2>&1 </dev/null`;
        order((number) => `${done}; echo "ended ${number} $?"`, {
          began: () => undefined,
          ended: resolve,
          failed: reject,
        });
      }),
    start: (command, wordsFile) =>
      new Promise((resolve, reject) => {
        const { promise, resolve: end } = Promise.withResolvers<void>();
        const begin = (number: number): string =>
          `setsid sh -c ${quoted(START)} sh "$groups" ${number} ${shellWords(command)} 2>>${quoted(wordsFile)} </dev/null`;
        order(
          (number) => `${begin(number)} & p=$!; wait $p; code=$?; rm -f "$groups/$p"; echo "ended ${number} $code"`,
          {
            began: (pid) => resolve({ pid, ended: promise }),
            ended: (code) => {
              reject(new Error(`${command[0]} could not be started: ${code}`));
              end();
            },
            failed: (error) => {
              reject(error);
              end();
            },
          },
        );
      }),
    stop: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
};
