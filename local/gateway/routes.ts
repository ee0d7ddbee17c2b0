import type { Route } from '../definitions/events.ts';

export interface Match<T> {
  readonly target: T;
  /** `ANY /v2.0/{proxy+}`, as API Gateway names the route. */
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Entry<T> {
  readonly method: string;
  readonly segments: readonly string[];
  readonly routeKey: string;
  readonly target: T;
}

const split = (path: string): string[] => path.split('/').slice(1);

const isGreedy = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('+}');
const isVariable = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}');

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const matchPath = (segments: readonly string[], path: readonly string[]): Record<string, string> | null => {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (isGreedy(segment)) {
      const rest = path.slice(index).join('/');
      if (rest === '') return null;
      return { ...parameters, [segment.slice(1, -2)]: decode(rest) };
    }
    const part = path[index];
    if (part === undefined) return null;
    if (isVariable(segment)) {
      if (part === '') return null;
      parameters[segment.slice(1, -1)] = decode(part);
    } else if (segment !== part) return null;
  }
  return segments.length === path.length ? parameters : null;
};

/** Most specific first: literal segments before variables, variables before greedy ones, a method before ANY. */
const rank = ({ segments, method }: Entry<unknown>): string =>
  `${segments.map((segment) => (isGreedy(segment) ? 'c' : isVariable(segment) ? 'b' : 'a')).join('')}~${method === 'ANY' ? 1 : 0}`;

export type FindRoute<T> = (method: string, path: string) => Match<T> | null;

/** Finds the route of a request as an HTTP API does. */
export const createRoutes = <T>(routes: readonly { readonly route: Route; readonly target: T }[]): FindRoute<T> => {
  const entries = routes
    .filter(({ route }) => route.path !== '$default')
    .map(({ route, target }) => ({
      method: route.method,
      segments: split(route.path),
      routeKey: `${route.method} ${route.path}`,
      target,
    }))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const fallback = routes.find(({ route }) => route.path === '$default');
  return (method, path) => {
    const segments = split(path);
    for (const entry of entries) {
      if (entry.method !== 'ANY' && entry.method !== method) continue;
      const parameters = matchPath(entry.segments, segments);
      if (parameters) return { target: entry.target, routeKey: entry.routeKey, parameters };
    }
    return fallback ? { target: fallback.target, routeKey: '$default', parameters: {} } : null;
  };
};
