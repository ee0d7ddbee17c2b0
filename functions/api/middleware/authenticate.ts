import { unauthorized } from '../refusals.ts';
import { type ApiEvent, type Caller, headerOf, stateOf } from '../request.ts';
import type { ApiMiddleware } from './middleware.ts';
import type { TokenCache } from './token-cache.ts';

/** Finds out who calls; null refuses. */
export type Authenticate = (event: ApiEvent) => Promise<Caller | null>;

/** By the token in X-Auth-Token. */
export const byToken =
  (tokens: TokenCache): Authenticate =>
  async (event) => {
    const token = headerOf(event.headers, 'x-auth-token');
    if (token === null || token === '') return null;
    const identity = await tokens.validate(token);
    if (identity === null) return null;
    const { userId, projectId, roles, systemScope } = identity;
    return { userId, projectId, roles, systemScope, unrestricted: false, token };
  };

/** By what the headers say, believing everything: for closed test networks. */
export const byHeaders: Authenticate = async (event) => ({
  userId: headerOf(event.headers, 'x-user-id') ?? 'noauth',
  projectId: headerOf(event.headers, 'x-project-id') ?? headerOf(event.headers, 'x-tenant-id'),
  roles: (headerOf(event.headers, 'x-roles') ?? '').split(',').filter((role) => role !== ''),
  systemScope: false,
  unrestricted: true,
  token: null,
});

/** Every route but the public ones, and every path that does not exist, needs a caller. @throws ApiError 401 */
export const requireCaller = (authenticate: Authenticate): ApiMiddleware => ({
  before: async ({ event }) => {
    const state = stateOf(event);
    if (state.match?.found && state.match.route.action === null) return;
    const caller = await authenticate(event);
    if (caller === null) throw unauthorized();
    state.caller = caller;
  },
});
