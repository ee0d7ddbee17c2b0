import type { Api } from '../api/client.ts';
import type { ExitCode } from '../output/errors.ts';
import type { Printer } from '../output/printer.ts';
import type { Terminal } from '../output/terminal.ts';

/** What every command works with. */
export interface Context {
  readonly api: Api;
  readonly printer: Printer;
  readonly terminal: Terminal;
}

/** A command's work; the code that the program ends with. */
export type Work = (context: Context) => Promise<ExitCode>;
