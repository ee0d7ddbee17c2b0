import type { Token } from './issue-token.ts';

/** Milliseconds of life below which a token is renewed before it is used. */
const RENEW_BEFORE = 120_000;

export interface TokenKeeper {
  /** The token in use, or a new one when there is none or its end is near. */
  current(): Promise<Token>;
  /** A token other than the refused one. */
  replace(refused: Token): Promise<Token>;
}

/** Keeps one token in memory; however many callers need a new one, one sign-in is made. */
export const tokenKeeper = (issue: () => Promise<Token>): TokenKeeper => {
  let kept: Token | null = null;
  let signingIn: Promise<Token> | null = null;

  const renew = (): Promise<Token> => {
    signingIn ??= issue()
      .then((token) => {
        kept = token;
        return token;
      })
      .finally(() => {
        signingIn = null;
      });
    return signingIn;
  };

  return {
    async current() {
      return kept !== null && kept.expiresAt - Date.now() > RENEW_BEFORE ? kept : renew();
    },
    async replace(refused) {
      return kept !== null && kept !== refused ? kept : renew();
    },
  };
};
