/** What a valid token says about its bearer. */
export interface TokenIdentity {
  readonly userId: string;
  readonly projectId: string | null;
  readonly projectDomainId: string | null;
  readonly roles: readonly string[];
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  /** True for a token scoped to the whole system instead of a project. */
  readonly systemScope: boolean;
}

export interface TokenOptions {
  /** Also a token that has ended, as long as Keystone still knows it (two days by default): for services. @default false */
  readonly allowExpired?: boolean;
}

/** What the API asks of the identity service. */
export interface IdentityDriver {
  /** null when the token is unknown, expired or revoked. @throws CloudUnavailableError */
  validateToken(token: string, options?: TokenOptions): Promise<TokenIdentity | null>;
  /** True when a project of that id exists. */
  projectExists(projectId: string): Promise<boolean>;
}
