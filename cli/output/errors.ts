import * as z from 'zod';
import { CloudCredentialsError, CloudSignInError, CloudUnavailableError } from '../../lib/errors/cloud.ts';
import { ConfigurationError } from '../../lib/errors/configuration.ts';
import { WorkerError } from '../../lib/errors/worker-error.ts';

/** Codes a command ends with. */
export const ExitCode = Object.freeze({
  FINE: 0,
  /** Something failed, or needs an operator. */
  FINDING: 1,
  /** The command line, its credentials or its settings are not valid: nothing was asked. */
  USAGE: 2,
});
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A failure in words for the person at the terminal. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly remedy: string | null;
  readonly exitCode: ExitCode = ExitCode.FINDING;
  constructor(message: string, remedy: string | null = null) {
    super(message);
    this.remedy = remedy;
  }
}

/** What was typed or set is not valid. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = ExitCode.USAGE;
}

/** The API refused a request. */
export class RefusedError extends CommandError {
  override readonly name = 'RefusedError';
  readonly status: number;
  constructor(status: number, message: string, remedy: string | null) {
    super(message, remedy);
    this.status = status;
  }
}

const interrupted = z.object({ name: z.enum(['AbortPromptError', 'AbortError']) });

/** Whatever was thrown, in words, with what helps and the exit code. A fault of the command line itself keeps its name. */
export const described = (error: unknown): Pick<CommandError, 'message' | 'remedy' | 'exitCode'> => {
  if (error instanceof CommandError) return error;
  if (interrupted.safeParse(error).success) return new CommandError('interrupted');
  if (error instanceof ConfigurationError) return new UsageError(error.message, 'correct the setting it names');
  if (error instanceof CloudSignInError || error instanceof CloudCredentialsError) {
    return new CommandError(error.message, 'check user, project, domains and password or secret of these credentials');
  }
  if (error instanceof CloudUnavailableError) {
    return new CommandError(error.message, 'check the address, the network and the service, then repeat the command');
  }
  if (error instanceof WorkerError) return new CommandError(error.message);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new CommandError(text, 'this is a fault of the command line: report it with the command that was typed');
};
