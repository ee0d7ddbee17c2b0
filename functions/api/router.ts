import type { PolicyAction } from './policy.ts';
import type { QueryParameter } from './query.ts';
import type { ApiHandler, PublicHandler } from './request.ts';

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Below the version, for example `/lbaas/loadbalancers/{id}`; public ones are above it. */
  readonly path: string;
  readonly action: PolicyAction;
  /** Query parameters of a write beside `dry_run`, or all of a read; a read without this reads its query itself. */
  readonly query?: readonly QueryParameter[];
  readonly handle: ApiHandler;
}

/** A route that anybody may call, without a token. */
export interface PublicRoute extends Omit<Route, 'action' | 'handle'> {
  readonly action: null;
  readonly handle: PublicHandler;
}

export type AnyRoute = Route | PublicRoute;

export type RouteMatch =
  | { readonly found: true; readonly route: AnyRoute; readonly params: Readonly<Record<string, string>> }
  /** `allowed` holds the methods of that path; empty when there is no such path. */
  | { readonly found: false; readonly allowed: readonly string[] };

const VERSIONED = /^(?:\/load-balancer)?\/v2(?:\.0)?(\/.*)$/;
const ROOT = /^(?:\/load-balancer)?\/?$/;
/** Upstream's roots below the version; what has none of them means the first, which gophercloud leaves out for quotas. */
const ROOTED = /^\/(?:lbaas|octavia)(?:\/|$)/;
const ABOVE = /^(?:\/load-balancer)?(\/openapi\.json|\/healthcheck)$/;

/** The path below the version, or that of what stands above it; null for anything else. */
const pathOf = (rawPath: string): string | null => {
  if (ROOT.test(rawPath)) return '/';
  const above = ABOVE.exec(rawPath)?.[1];
  if (above !== undefined) return above;
  const below = VERSIONED.exec(rawPath)?.[1];
  if (below === undefined) return null;
  const path = below.replace(/\/$/, '').replace(/\.json$/, '');
  return ROOTED.test(path) ? path : `/lbaas${path}`;
};

const segments = (path: string): readonly string[] => path.split('/').slice(1);

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};

const paramsOf = (pattern: readonly string[], asked: readonly string[]): Record<string, string> | null => {
  if (pattern.length !== asked.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = asked[index] ?? '';
    if (!part.startsWith('{')) {
      if (part !== value) return null;
      continue;
    }
    const decoded = decode(value);
    if (decoded === null || decoded === '') return null;
    params[part.slice(1, -1)] = decoded;
  }
  return params;
};

/** Finds the route of a request; the table is compiled once. */
export const createRouter = (routes: readonly AnyRoute[]): ((method: string, rawPath: string) => RouteMatch) => {
  const table = routes.map((route) => ({ route, pattern: segments(route.path) }));
  return (method, rawPath) => {
    const path = pathOf(rawPath);
    const asked = path === null ? null : segments(path);
    const allowed: string[] = [];
    if (asked === null) return { found: false, allowed };
    for (const { route, pattern } of table) {
      const params = paramsOf(pattern, asked);
      if (params === null) continue;
      if (route.method === method) return { found: true, route, params };
      allowed.push(route.method);
    }
    return { found: false, allowed };
  };
};
