import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Where a command writes, and asks. */
export interface Terminal {
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes to standard error. */
  complain(text: string): void;
  /** The text in that style, where colors are wanted. */
  style(style: Style, text: string): string;
  /** The answer to a question that is yes or no; null when there is no person to ask. */
  confirm(question: string): Promise<boolean | null>;
  /** Ends what follows or watches, on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Colors are for terminals, and not where NO_COLOR has a value (https://no-color.org). */
export const wantsColors = (environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean =>
  isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';

/** The terminal of this process. */
export const processTerminal = (environment: Readonly<Record<string, string | undefined>>): Terminal => {
  const colors = wantsColors(environment, process.stdout.isTTY === true);
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
    // A second one ends the process, whatever it waits for.
    process.once('SIGINT', () => process.exit(130));
  });
  return {
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    style: (style, text) => (colors ? styleText(style, text, { validateStream: false }) : text),
    signal: stop.signal,
    async confirm(question) {
      if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
      const prompt = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `, { signal: stop.signal })).trim());
      } finally {
        prompt.close();
      }
    },
  };
};
