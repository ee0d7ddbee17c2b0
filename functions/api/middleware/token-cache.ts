import { createHash } from 'node:crypto';
import type { IdentityDriver, TokenIdentity } from '../../../lib/drivers/identity/identity-driver.ts';

export interface TokenCache {
  /** Who the token's bearer is, or null for a token that is not valid. @throws CloudUnavailableError */
  validate(token: string): Promise<TokenIdentity | null>;
}

export interface TokenCacheOptions {
  readonly identity: () => Pick<IdentityDriver, 'validateToken'>;
  /** How long a valid token is trusted without asking again; 0 asks every time. */
  readonly seconds: number;
  /** @default Date.now */
  readonly now?: () => number;
}

/** Long enough to stop a client that keeps trying, short enough for a token that was asked about too early. */
const REFUSED_SECONDS = 5;
const MAX_TOKENS = 5_000;

interface Known {
  readonly identity: TokenIdentity | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Remembers validated tokens by their hash, never the tokens themselves. Many requests with one new token ask the
 * identity service once; a failure to ask is not remembered.
 */
export const createTokenCache = ({ identity, seconds, now = Date.now }: TokenCacheOptions): TokenCache => {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<TokenIdentity | null>>();

  const remember = (hash: string, found: TokenIdentity | null): void => {
    const until =
      found === null
        ? now() + Math.min(seconds, REFUSED_SECONDS) * 1000
        : Math.min(now() + seconds * 1000, Date.parse(found.expiresAt));
    known.delete(hash);
    known.set(hash, { identity: found, until });
    if (known.size <= MAX_TOKENS) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  };

  const ask = async (hash: string, token: string): Promise<TokenIdentity | null> => {
    try {
      const found = await identity().validateToken(token);
      remember(hash, found);
      return found;
    } finally {
      asking.delete(hash);
    }
  };

  return {
    validate(token) {
      const hash = createHash('sha256').update(token).digest('base64');
      const found = known.get(hash);
      if (found !== undefined && found.until > now()) return Promise.resolve(found.identity);
      const asked = asking.get(hash) ?? ask(hash, token);
      asking.set(hash, asked);
      return asked;
    },
  };
};
