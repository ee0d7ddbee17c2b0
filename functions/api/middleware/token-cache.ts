import { createHash } from 'node:crypto';
import type { IdentityDriver, TokenIdentity, TokenOptions } from '../../../lib/drivers/identity/identity-driver.ts';

export interface TokenCache {
  /**
   * The token's bearer, or null for a token that is not valid.
   * @param options.allowExpired also one that has ended a while ago
   * @throws CloudUnavailableError
   */
  validate(token: string, options?: TokenOptions): Promise<TokenIdentity | null>;
}

export interface TokenCacheOptions {
  readonly identity: () => Pick<IdentityDriver, 'validateToken'>;
  /** How long an answer, of either kind, holds without asking again; 0 asks every time. */
  readonly seconds: number;
  /** @default Date.now */
  readonly now?: () => number;
}

const MAX_TOKENS = 5_000;
/** Kept apart, so that a flood of invalid tokens does not drive out valid ones. */
const MAX_REFUSED = 1_000;

interface Known {
  readonly identity: TokenIdentity | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const keep = (known: Map<string, Known>, limit: number, hash: string, answer: Known): void => {
  known.delete(hash);
  known.set(hash, answer);
  if (known.size <= limit) return;
  const [oldest] = known.keys();
  if (oldest !== undefined) known.delete(oldest);
};

/**
 * Remembers what the identity service said of a token, by its hash and never the token itself: each token is asked about
 * once in that time, and a token that is revoked ends with it. Many requests with one new token ask once; a failure to
 * ask is not remembered.
 */
export const createTokenCache = ({ identity, seconds, now = Date.now }: TokenCacheOptions): TokenCache => {
  const valid = new Map<string, Known>();
  const refused = new Map<string, Known>();
  const asking = new Map<string, Promise<TokenIdentity | null>>();

  const remember = (hash: string, found: TokenIdentity | null, allowExpired: boolean): void => {
    const until = now() + seconds * 1000;
    if (found === null) {
      valid.delete(hash);
      keep(refused, MAX_REFUSED, hash, { identity: null, until });
      return;
    }
    refused.delete(hash);
    const end = allowExpired ? until : Math.min(until, Date.parse(found.expiresAt));
    keep(valid, MAX_TOKENS, hash, { identity: found, until: end });
  };

  const ask = async (hash: string, token: string, allowExpired: boolean): Promise<TokenIdentity | null> => {
    try {
      const found = await identity().validateToken(token, { allowExpired });
      remember(hash, found, allowExpired);
      return found;
    } finally {
      asking.delete(hash);
    }
  };

  return {
    validate(token, { allowExpired = false } = {}) {
      const hash = createHash('sha256').update(`${allowExpired} ${token}`).digest('base64');
      const found = valid.get(hash) ?? refused.get(hash);
      if (found !== undefined && found.until > now()) return Promise.resolve(found.identity);
      const asked = asking.get(hash) ?? ask(hash, token, allowExpired);
      asking.set(hash, asked);
      return asked;
    },
  };
};
