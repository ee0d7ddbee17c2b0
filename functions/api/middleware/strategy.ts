import { identityDriver } from '../../../lib/drivers/identity/index.ts';
import { apiConfig } from '../../../lib/settings/config.ts';
import { allows, type PolicyAction } from '../request/policy.ts';
import type { Caller } from '../request/request.ts';
import { type Authenticate, byHeaders, byToken } from './authenticate.ts';
import { createTokenCache } from './token-cache.ts';

const byStrategy = (): Authenticate => {
  const { authStrategy, tokenCacheSeconds } = apiConfig();
  if (authStrategy === 'noauth') return byHeaders;
  const tokens = createTokenCache({ identity: identityDriver, seconds: tokenCacheSeconds });
  return byToken(tokens, () => apiConfig().serviceTokenRoles);
};

let strategy: Authenticate | undefined;

/** Authenticates the caller as the settings say; one memory of tokens for the whole container. */
export const authenticate: Authenticate = (event) => {
  strategy ??= byStrategy();
  return strategy(event);
};

/** True when the caller may do that to something of the project, by the policies the settings choose. */
export const may = (caller: Caller, action: PolicyAction, projectId: string | null): boolean =>
  allows(apiConfig().policySet, caller, action, projectId);
