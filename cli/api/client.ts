import * as z from 'zod';
import { faultText, scrubbed } from '../../lib/openstack/http/fault-text.ts';
import { errorOfConnection } from '../../lib/openstack/http/named-errors.ts';
import { sendWithRetries } from '../../lib/openstack/http/retries.ts';
import { type HttpAnswer, isPage } from '../../lib/openstack/http/transport.ts';
import type { Session } from '../access/session.ts';
import { CommandError, RefusedError } from '../output/errors.ts';

const TIMEOUT_MS = 60_000;
/** Objects that are read of a list, however many there are. */
export const MOST_OBJECTS = 20_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type Query = readonly (readonly [string, string])[];

interface More {
  readonly query?: Query;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

export interface Sent {
  readonly body: unknown;
  /** Of the operation that the request began or joined; or null. */
  readonly operationId: string | null;
  /** Milliseconds that the server's clock is ahead of this one; null when it does not tell. */
  readonly clockAhead: number | null;
}

/** The load balancer API. Every answer is checked by a shape, and bounded. */
export interface Api {
  readonly session: Session;
  /** @throws RefusedError the API refused it */
  send(method: Method, path: string, more?: More): Promise<Sent>;
  /** What is in the answer's wrapper. */
  get<T>(path: string, wrapper: string, shape: z.ZodType<T>, query?: Query): Promise<T>;
  /** The same, or null when it is not there. */
  find<T>(path: string, wrapper: string, shape: z.ZodType<T>): Promise<T | null>;
  /** A list, page after page, up to `most` objects. */
  list<T extends { readonly id: string }>(
    path: string,
    plural: string,
    shape: z.ZodType<T>,
    options?: { readonly query?: Query; readonly most?: number },
  ): Promise<readonly T[]>;
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'the token is missing, expired or not of this cloud: sign in again',
  403: 'it takes a role that these credentials do not have: `deploy-worker check` shows what they may do',
  404: 'check the id, and the project of these credentials',
  429: 'repeat it a little later',
  503: 'repeat it a little later; `deploy-worker check` shows what does not answer',
};

const answerShape = z.record(z.string(), z.unknown());
const linksShape = z.array(z.object({ rel: z.string() })).max(10);
const named = z.looseObject({ faultstring: z.string().optional() });

const refusalOf = (asked: string, answer: HttpAnswer, token: string | null): RefusedError => {
  const { status, headers, bytes } = answer;
  const fault = named.safeParse(parsed(bytes.subarray(0, 16_384))).data?.faultstring;
  const text = scrubbed(fault ?? faultText(bytes).text, token === null ? [] : [token]);
  const requestId = headers['x-openstack-request-id'];
  const where = typeof requestId === 'string' ? `, request ${requestId}` : '';
  return new RefusedError(
    status,
    `${text || 'no reason was given'} (${asked}: ${status}${where})`,
    REMEDIES[status] ?? null,
  );
};

const parsed = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};

/** @throws CommandError the answer is not as described */
export const checked = <T>(shape: z.ZodType<T>, value: unknown, asked: string): T => {
  const { data, error } = shape.safeParse(value);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') || 'its root';
  throw new CommandError(
    `${asked} answered something else than this command line knows, at ${where}: ${issue?.message}`,
    'check that the address is the load balancer API, and that both are of the same release',
  );
};

export const openApi = (session: Session): Api => {
  const exchange = async (method: Method, path: string, { query = [], body, idempotencyKey }: More, again: boolean) => {
    const { token, endpoint } = await session.signedIn(again);
    const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { 'x-auth-token': token }),
      ...(idempotencyKey === undefined ? {} : { 'x-idempotency-key': idempotencyKey }),
    };
    const url = `${endpoint}${path}${search === '' ? '' : `?${search}`}`;
    const sent = { method, url, headers, body: body === undefined ? null : JSON.stringify(body) };
    const asked = { service: 'load-balancer', method, path };
    const answer = await sendWithRetries(session.transport, { ...sent, deadline: Date.now() + TIMEOUT_MS }).catch(
      (error: unknown) => {
        throw errorOfConnection(asked, new URL(endpoint).origin, error);
      },
    );
    return { answer, token };
  };

  const send: Api['send'] = async (method, path, more = {}) => {
    const asked = `${method} ${path}`;
    let { answer, token } = await exchange(method, path, more, false);
    if (answer.status === 401 && session.access.signIn.kind === 'credentials') {
      ({ answer, token } = await exchange(method, path, more, true));
    }
    if (answer.status >= 400) throw refusalOf(asked, answer, token);
    const value = parsed(answer.bytes);
    if (answer.status >= 300 || value === undefined || isPage(answer)) {
      throw new CommandError(
        `${asked} answered ${answer.status} without JSON`,
        'check that this is the load balancer API',
      );
    }
    const { date, 'x-operation-id': operationId } = answer.headers;
    const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    return {
      body: value,
      operationId: typeof operationId === 'string' ? operationId : null,
      clockAhead: Number.isNaN(theirs) ? null : theirs - Date.now(),
    };
  };

  const ask = async (path: string, query: Query) =>
    checked(answerShape, (await send('GET', path, { query })).body, `GET ${path}`);

  const get: Api['get'] = async (path, wrapper, shape, query = []) =>
    checked(shape, (await ask(path, query))[wrapper], `GET ${path}`);

  return {
    session,
    send,
    get,
    async find(path, wrapper, shape) {
      try {
        return await get(path, wrapper, shape);
      } catch (error) {
        if (error instanceof RefusedError && error.status === 404) return null;
        throw error;
      }
    },
    async list(path, plural, shape, { query = [], most = MOST_OBJECTS } = {}) {
      const all = [];
      let marker: string | undefined;
      while (all.length < most) {
        const limit: Query = [['limit', String(Math.min(1_000, most - all.length))]];
        const from: Query = marker === undefined ? [] : [['marker', marker]];
        const answer = await ask(path, [...query, ...limit, ...from]);
        const page = checked(z.array(shape).max(10_000), answer[plural], `GET ${path}`);
        all.push(...page);
        marker = page.at(-1)?.id;
        // A page may be shorter than asked for: only its links say whether there is more.
        const links = linksShape.safeParse(answer[`${plural}_links`]).data ?? [];
        if (marker === undefined || !links.some(({ rel }) => rel === 'next')) break;
      }
      return all;
    },
  };
};
