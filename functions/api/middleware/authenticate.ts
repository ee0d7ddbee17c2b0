import { unauthorized } from '../answers/refusals.ts';
import { type ApiEvent, type Caller, headerOf, stateOf } from '../request/request.ts';
import { isPublic } from '../request/router.ts';
import type { ApiMiddleware } from './middleware.ts';
import type { TokenCache } from './token-cache.ts';

/** Authenticates the caller; null refuses. */
export type Authenticate = (event: ApiEvent) => Promise<Caller | null>;

/**
 * By the token in X-Auth-Token. Another service that acts for a user says so with its own token in X-Service-Token: an
 * invalid one refuses the request; with one of a service's role, a user's token that ended while the service was at
 * work still counts, for as long as Keystone grants it.
 * @param serviceRoles one of these makes a token a service's
 */
export const byToken =
  (tokens: TokenCache, serviceRoles: () => readonly string[]): Authenticate =>
  async (event) => {
    const token = headerOf(event.headers, 'x-auth-token');
    if (token === null || token === '') return null;
    const serviceToken = headerOf(event.headers, 'x-service-token') || null;
    const service = serviceToken === null ? null : await tokens.validate(serviceToken);
    if (serviceToken !== null && service === null) return null;
    const forService = service?.roles.some((role) => serviceRoles().includes(role)) ?? false;
    const identity = await tokens.validate(token, { allowExpired: forService });
    if (identity === null) return null;
    const { userId, projectId, roles, systemScope } = identity;
    return { userId, projectId, roles, systemScope, unrestricted: false, token, serviceToken };
  };

/** By what the headers say, believing everything: for closed test networks. */
export const byHeaders: Authenticate = async (event) => ({
  userId: headerOf(event.headers, 'x-user-id') ?? 'noauth',
  projectId: headerOf(event.headers, 'x-project-id') ?? headerOf(event.headers, 'x-tenant-id'),
  roles: (headerOf(event.headers, 'x-roles') ?? '').split(',').filter((role) => role !== ''),
  systemScope: false,
  unrestricted: true,
  token: null,
  serviceToken: null,
});

/** Every route but the public ones, and every path that does not exist, needs a caller. @throws ApiError 401 */
export const requireCaller = (authenticate: Authenticate): ApiMiddleware => ({
  before: async ({ event }) => {
    const state = stateOf(event);
    const { match } = state;
    if (match !== null && (match.found ? isPublic(match.route) : match.isPublic)) return;
    const caller = await authenticate(event);
    if (caller === null) throw unauthorized();
    state.caller = caller;
  },
});
