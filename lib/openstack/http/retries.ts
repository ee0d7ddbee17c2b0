import { setTimeout as wait } from 'node:timers/promises';
import { isBeforeSending, isCertificateTrouble } from './connection-trouble.ts';
import { type HttpAnswer, type HttpRequest, type HttpTransport, isPage } from './transport.ts';

const TRIES = 3;
const BASE_DELAY = 100;
const BUSY = new Set([429, 500, 502, 503, 504]);
const SAFE = new Set(['GET', 'PUT', 'DELETE']);

export interface RetriedRequest extends Omit<HttpRequest, 'timeout'> {
  /** Milliseconds since the epoch when all tries must be over. */
  readonly deadline: number;
  /** True for a POST that changes nothing when sent twice. */
  readonly repeatable?: boolean;
}

/** Milliseconds of a Retry-After header (seconds or an HTTP date), or null. */
export const retryAfter = (header: string | string[] | undefined, now: number): number | null => {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
};

/** Half to all of 100, 200, ... ms: callers that failed together do not come back together. */
const backoff = (attempt: number): number => BASE_DELAY * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);

/**
 * Sends a request, again when that is safe: GET, PUT and DELETE after connection errors, 429, 500, 502, 503, 504 and
 * a page instead of an answer; any
 * method when the connection was never made. At most three tries, all before the deadline.
 *
 * @throws what the last try threw
 */
export const sendWithRetries = async (transport: HttpTransport, request: RetriedRequest): Promise<HttpAnswer> => {
  const { deadline, repeatable = false, ...once } = request;
  const safe = repeatable || SAFE.has(once.method);
  const pause = async (attempt: number, asked: number | null): Promise<boolean> => {
    const delay = asked ?? backoff(attempt);
    if (attempt >= TRIES || Date.now() + delay >= deadline) return false;
    await wait(delay);
    return true;
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await transport.send({ ...once, timeout: Math.max(1, deadline - Date.now()) });
      if (!safe || !(BUSY.has(answer.status) || isPage(answer))) return answer;
      if (!(await pause(attempt, retryAfter(answer.headers['retry-after'], Date.now())))) return answer;
    } catch (error) {
      const again = (safe || isBeforeSending(error)) && !isCertificateTrouble(error);
      if (!again || !(await pause(attempt, null))) throw error;
    }
  }
};
