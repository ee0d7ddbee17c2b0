import * as z from 'zod';
import { ACCOUNTS, type Account, applicationCredentialId, DOMAIN, PASSWORD, projectId, userId } from '../facts.ts';
import { parsed } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Identity } from './tokens.ts';

/** Keystone's error shape. */
export const identityProblem = (status: number, title: string, message: string): HttpProblem =>
  new HttpProblem(status, { error: { code: status, message, title } });

const refused = (): HttpProblem =>
  identityProblem(401, 'Unauthorized', 'The request you have made requires authentication.');

const domain = z.object({ id: z.string().optional(), name: z.string().optional() });
const user = z.object({ id: z.string().optional(), name: z.string().optional(), domain: domain.optional() });
const project = z.object({ id: z.string().optional(), name: z.string().optional(), domain: domain.optional() });

const request = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: z.object({ user: user.extend({ password: z.string() }) }).optional(),
      token: z.object({ id: z.string() }).optional(),
      application_credential: z
        .object({ id: z.string().optional(), name: z.string().optional(), secret: z.string(), user: user.optional() })
        .optional(),
    }),
    scope: z
      .union([
        z.literal('unscoped'),
        z.object({ project: project.optional(), system: z.object({ all: z.boolean() }).optional() }),
      ])
      .optional(),
  }),
});
type Auth = z.infer<typeof request>['auth'];

const inDomain = (given: z.infer<typeof domain> | undefined): boolean =>
  given === undefined || given.id === DOMAIN.id || given.name?.toLowerCase() === DOMAIN.name.toLowerCase();

const findUser = (given: z.infer<typeof user>): Account | undefined =>
  ACCOUNTS.find(
    ({ name }) =>
      userId(name) === given.id || (given.id === undefined && name === given.name && inDomain(given.domain)),
  );

/** What sign-ins are checked against. */
export interface SignInChecks {
  readonly readToken: (token: string) => Identity | null;
  readonly passwordOf: (user: string) => string;
}

const who = ({ identity }: Auth, { readToken, passwordOf }: SignInChecks): Account => {
  const [method] = identity.methods;
  if (method === 'password' && identity.password !== undefined) {
    const account = findUser(identity.password.user);
    if (account !== undefined && identity.password.user.password === passwordOf(account.name)) return account;
  }
  const credential = identity.application_credential;
  if (method === 'application_credential' && credential?.secret === PASSWORD) {
    const account = ACCOUNTS.find(({ name }) => applicationCredentialId(name) === credential.id);
    if (account !== undefined) return account;
  }
  if (method === 'token' && identity.token !== undefined) {
    const known = readToken(identity.token.id);
    if (known !== null) return known.account;
  }
  throw refused();
};

const scopeOf = ({ scope, identity }: Auth, account: Account): 'project' | 'system' | 'none' => {
  // Keystone scopes an application credential by itself, and a user without a wish to the default project.
  if (identity.methods.includes('application_credential') || scope === undefined) {
    return account.roles.length > 0 ? 'project' : 'none';
  }
  if (scope === 'unscoped') return 'none';
  if (scope.system?.all === true) {
    if (account.systemRoles === undefined) throw refused();
    return 'system';
  }
  const wanted = scope.project;
  if (wanted === undefined) throw refused();
  const own = wanted.id === undefined ? wanted.name === account.project : wanted.id === projectId(account.project);
  if (!own || !inDomain(wanted.domain) || account.roles.length === 0) throw refused();
  return 'project';
};

/** Checks the credentials of an authentication request. @throws HttpProblem 400, 401 */
export const signIn = (body: unknown, checks: SignInChecks) => {
  const { auth } = parsed(request, body, (path, message) =>
    identityProblem(400, 'Bad Request', `Invalid input for field '${path}': ${message}`),
  );
  const account = who(auth, checks);
  return { account, scope: scopeOf(auth, account), methods: auth.identity.methods };
};
