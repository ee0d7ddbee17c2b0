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
  /** True for a write that is taken also while the worker is frozen. @default false */
  readonly whileFrozen?: boolean;
  readonly handle: ApiHandler;
}

/** A route that every caller may use. */
export interface PublicRoute extends Omit<Route, 'action' | 'handle'> {
  readonly action: null;
  /** True when a token is needed all the same. @default false */
  readonly needsToken?: boolean;
  readonly handle: PublicHandler;
}

export type AnyRoute = Route | PublicRoute;

/** No route takes the request. */
export interface RouteMissing {
  readonly found: false;
  /** Methods of the path, or of what the path is below; empty when there is no such path for any method. */
  readonly allowed: readonly string[];
  /** The name of the id that a PUT or DELETE of a collection lacks. */
  readonly lacks: string | null;
  /** True where the path has other methods, and they need no token. */
  readonly isPublic: boolean;
}

export type RouteMatch =
  | { readonly found: true; readonly route: AnyRoute; readonly params: Readonly<Record<string, string>> }
  | RouteMissing;

/** True for a route that needs no token. */
export const isPublic = (route: AnyRoute): boolean => route.action === null && route.needsToken !== true;

const VERSIONED = /^(?:\/load-balancer)?\/v2(?:\.0)?(\/.*)?$/;
const ROOT = /^(?:\/load-balancer)?\/?$/;
/** Upstream's roots below the version; what has none of them means the first, which gophercloud leaves out for quotas. */
const ROOTED = /^\/(?:lbaas|octavia)(?:\/|$)/;
const ABOVE = /^(?:\/load-balancer)?(\/openapi\.json|\/healthcheck)$/;

/** True for a route below the version; the others stand above it. */
export const isVersioned = ({ path }: AnyRoute): boolean => ROOTED.test(path);

/** The path below the version, or that of what stands above it; null for anything else. */
const pathOf = (rawPath: string): string | null => {
  if (ROOT.test(rawPath)) return '/';
  const above = ABOVE.exec(rawPath)?.[1];
  if (above !== undefined) return above;
  const versioned = VERSIONED.exec(rawPath);
  if (versioned === null) return null;
  const [, below = ''] = versioned;
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

interface Entry {
  readonly route: AnyRoute;
  readonly pattern: readonly string[];
}

const entriesAt = (table: readonly Entry[], asked: readonly string[]): readonly Entry[] =>
  table.filter(({ pattern }) => paramsOf(pattern, asked) !== null);

const methodsOf = (entries: readonly Entry[]): readonly string[] => [
  ...new Set(entries.map(({ route }) => route.method)),
];

const NOWHERE: RouteMissing = { found: false, allowed: [], lacks: null, isPublic: false };

/**
 * What upstream answers for a path that is not there: what stands above it decides. A method that an object and its
 * collection do not have is 405, every other 404.
 */
const missingBelow = (table: readonly Entry[], method: string, asked: readonly string[]): RouteMissing => {
  for (let length = asked.length - 1; length > 0; length -= 1) {
    const above = entriesAt(table, asked.slice(0, length));
    if (above.length === 0) continue;
    const isObject = above.some(({ pattern }) => pattern.at(-1)?.startsWith('{'));
    const methods = methodsOf(isObject ? [...above, ...entriesAt(table, asked.slice(0, length - 1))] : above);
    return { ...NOWHERE, allowed: methods.includes(method) ? [] : methods };
  }
  return NOWHERE;
};

/** Finds the route of a request; the table is compiled once. */
export const createRouter = (routes: readonly AnyRoute[]): ((method: string, rawPath: string) => RouteMatch) => {
  const table = routes.map((route) => ({ route, pattern: segments(route.path) }));
  const idBelow = (method: string, asked: readonly string[]): string | null => {
    const below = table.find(({ route, pattern }) => {
      const isBelow = pattern.length === asked.length + 1 && pattern.at(-1)?.startsWith('{');
      return route.method === method && isBelow && paramsOf(pattern.slice(0, -1), asked) !== null;
    });
    return below?.pattern.at(-1)?.slice(1, -1) ?? null;
  };
  return (method, rawPath) => {
    const path = pathOf(rawPath);
    if (path === null) return NOWHERE;
    const asked = segments(path);
    const here = entriesAt(table, asked);
    const entry = here.find(({ route }) => route.method === method);
    const params = entry === undefined ? null : paramsOf(entry.pattern, asked);
    if (entry !== undefined && params !== null) return { found: true, route: entry.route, params };
    if (here.length === 0) return missingBelow(table, method, asked);
    const lacks = method === 'PUT' || method === 'DELETE' ? idBelow(method, asked) : null;
    return { found: false, allowed: methodsOf(here), lacks, isPublic: here.every(({ route }) => isPublic(route)) };
  };
};
