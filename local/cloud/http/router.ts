import type { Identity } from '../identity/tokens.ts';

/** A request as handlers see it. */
export interface Call {
  readonly method: string;
  /** Path without the service's prefix, no query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** Whose token came with the request; only routes marked open may find none. @throws HttpProblem 401 */
  identity(): Identity;
  /** Base URL of this service as the caller wrote it, no slash at the end. */
  readonly serviceUrl: string;
}

export interface Answer {
  readonly status: number;
  /** Objects are sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  /** Answers without a token. */
  readonly open: boolean;
  readonly handle: Handler;
}

const compile = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:([a-z_]+)/g, '(?<$1>[^/]+)')}/?$`);

/** A route for `METHOD /path/:with/:params` that needs a token. */
export const route = (verbAndPath: string, handle: Handler): Route => {
  const [method = '', path = ''] = verbAndPath.split(' ');
  return { method, pattern: compile(path), open: false, handle };
};

/** As route, but needs no token. */
export const openRoute = (verbAndPath: string, handle: Handler): Route => ({
  ...route(verbAndPath, handle),
  open: true,
});

/** The route of a request with its parameters, or null. */
export const findRoute = (
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | null => {
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const match = candidate.pattern.exec(path);
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { route: candidate, params: Object.fromEntries(params) };
  }
  return null;
};
