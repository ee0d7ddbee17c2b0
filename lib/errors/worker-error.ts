export interface WorkerErrorOptions {
  /** What kind of thing it is about, in the field's words: "load balancer", "port", "server". */
  readonly resource?: string;
  readonly resourceId?: string;
  readonly cause?: unknown;
}

/**
 * The root of every named failure. `name` is public: a flow's Retry and Catch match it, and it is a literal in each
 * class, because bundlers rename classes.
 */
export abstract class WorkerError extends Error {
  abstract override readonly name: string;
  /** True when the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean = false;
  readonly resource: string | null;
  readonly resourceId: string | null;

  constructor(message: string, options: WorkerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.resource = options.resource ?? null;
    this.resourceId = options.resourceId ?? null;
  }
}
