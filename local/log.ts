/** Where the stack's parts report what a person at the terminal should know. */
export interface Logger {
  info(message: string): void;
  /** `cause` is shown with its stack; never pass anything that carries a secret. */
  error(message: string, cause?: unknown): void;
}

export const quietLogger: Logger = { info: () => {}, error: () => {} };

const describe = (cause: unknown): string => {
  if (cause === undefined) return '';
  return `: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
};

/** One line per message: information to standard output, errors to standard error. */
export const consoleLogger = (part: string): Logger => ({
  info: (message) => console.log(`${part}: ${message}`),
  error: (message, cause) => console.error(`${part}: ${message}${describe(cause)}`),
});
