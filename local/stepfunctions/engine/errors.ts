/** A failure as a flow sees it: `error` is what ErrorEquals matches, `detail` becomes the Cause. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly error: string;
  readonly detail: string;
  constructor(error: string, detail: string) {
    super(`${error}: ${detail}`);
    this.error = error;
    this.detail = detail;
  }
}

/** The definition and the data do not fit together: neither retried nor caught, the execution fails. */
export const runtimeError = (detail: string): FlowError => new FlowError('States.Runtime', detail);

/** Why an execution ends whatever its states say: stopped by a caller, over its own time, over a limit. */
export class ExecutionEnd extends Error {
  override readonly name = 'ExecutionEnd';
  readonly status: 'ABORTED' | 'FAILED' | 'TIMED_OUT';
  readonly error: string | undefined;
  readonly detail: string | undefined;
  constructor(status: 'ABORTED' | 'FAILED' | 'TIMED_OUT', error?: string, detail?: string) {
    super(`The execution was ended: ${status}`);
    this.status = status;
    this.error = error;
    this.detail = detail;
  }
}

/** A branch or iteration is given up because another one of its state failed. */
export class BranchAbandoned extends Error {
  override readonly name = 'BranchAbandoned';
}

const terminal = new Set(['States.Runtime', 'States.DataLimitExceeded']);

/** Whether `ErrorEquals` names the error, wildcards included. */
export const matches = (names: readonly string[], error: string): boolean => {
  if (error === 'States.Runtime') return false;
  return names.some(
    (name) =>
      name === error ||
      (name === 'States.ALL' && !terminal.has(error)) ||
      (name === 'States.TaskFailed' && error !== 'States.Timeout' && !terminal.has(error)),
  );
};
