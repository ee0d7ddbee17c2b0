import type { Identity } from './world.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly as: Identity;
  /** Sent as it is; empty for none. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Parsed where it is JSON; null when there is none. */
  readonly body: unknown;
}

/** One API with a table of its own. */
export interface Side {
  /** Forgets everything. */
  reset(): Promise<void>;
  ask(request: Request): Promise<Answer>;
  /** Ends everything that is PENDING, as the worker does. @param failed what could not be applied, by its id */
  settle(failed: string | null): Promise<void>;
  stop(): Promise<void>;
}

/** JSON, or else the text itself; null when there is none. */
export const bodyOf = (text: string): unknown => {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
