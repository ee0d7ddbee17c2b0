import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { ACCOUNTS, type Account, projectId, userId } from '../facts.ts';

/** Seconds a token is valid. */
const LIFETIME = 24 * 3600;
/** Seconds after its end in which a token is still shown to a service that asks for it. */
const EXPIRED_WINDOW = 2 * 24 * 3600;

const claims = z.object({
  user: z.string(),
  scope: z.enum(['project', 'system', 'none']),
  methods: z.array(z.string()),
  audit: z.string(),
  /** How often the user's password had been changed. */
  generation: z.number().default(0),
  /** Seconds since 1970. */
  issued: z.number(),
  expires: z.number(),
});

/** The user and project that a token speaks for. */
export interface Identity {
  readonly account: Account;
  readonly userId: string;
  /** null for tokens of the whole system and for unscoped ones. */
  readonly projectId: string | null;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
  readonly systemScope: boolean;
  readonly methods: readonly string[];
  readonly auditId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface Tokens {
  issue(account: Account, scope: 'project' | 'system' | 'none', methods: readonly string[]): string;
  /**
   * null for a token that is missing, unknown, expired or revoked.
   * @param allowExpired also one that has ended less than two days ago. @default false
   */
  read(token: string | undefined, allowExpired?: boolean): Identity | null;
  revoke(token: string): void;
  /** Revokes all tokens of a user, as Keystone does when a password changes. */
  revokeAll(user: string): void;
}

const toIdentity = (account: Account, { scope, methods, audit, issued, expires }: z.infer<typeof claims>): Identity => {
  const roles: readonly string[] = { none: [], project: account.roles, system: account.systemRoles ?? [] }[scope];
  return {
    account,
    userId: userId(account.name),
    projectId: scope === 'project' ? projectId(account.project) : null,
    roles,
    isAdmin: roles.includes('admin'),
    systemScope: scope === 'system',
    methods,
    auditId: audit,
    issuedAt: new Date(issued * 1000),
    expiresAt: new Date(expires * 1000),
  };
};

/** Tokens carry their own content, signed with the key: nothing to store, and they survive a restart. */
export const createTokens = (key: string, clock: () => number = Date.now): Tokens => {
  const revoked = new Set<string>();
  const generations = new Map<string, number>();
  const generationOf = (user: string): number => generations.get(user) ?? 0;
  const cache = new Map<string, Identity>();
  const sign = (payload: string): Buffer => createHmac('sha256', key).update(payload).digest();

  const decode = (token: string): Identity | null => {
    const [payload = '', signature = ''] = token.split('.');
    // By text: base64 has several spellings of the same bytes, and tokens are revoked by their text.
    const given = Buffer.from(signature);
    const wanted = Buffer.from(sign(payload).toString('base64url'));
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
    const content = claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    const account = ACCOUNTS.find(({ name }) => name === content.user);
    const isCurrent = content.generation === generationOf(content.user);
    return account === undefined || !isCurrent ? null : toIdentity(account, content);
  };

  return {
    issue: (account, scope, methods) => {
      const issued = Math.floor(clock() / 1000);
      const audit = randomBytes(16).toString('base64url');
      const generation = generationOf(account.name);
      const content = { user: account.name, scope, methods, audit, generation, issued, expires: issued + LIFETIME };
      const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
      return `${payload}.${sign(payload).toString('base64url')}`;
    },
    read: (token, allowExpired = false) => {
      if (token === undefined || revoked.has(token)) return null;
      const identity = cache.get(token) ?? decode(token);
      const window = allowExpired ? EXPIRED_WINDOW * 1000 : 0;
      if (identity === null || identity.expiresAt.getTime() + window <= clock()) return null;
      if (cache.size > 1000) cache.clear();
      cache.set(token, identity);
      return identity;
    },
    revoke: (token) => void revoked.add(token),
    revokeAll: (user) => {
      generations.set(user, generationOf(user) + 1);
      cache.clear();
    },
  };
};
