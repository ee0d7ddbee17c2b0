import { CloudSignInError, CloudUnavailableError } from '../../../errors/cloud.ts';
import { errorOfAnswer, errorOfConnection } from '../../http/named-errors.ts';
import { sendWithRetries } from '../../http/retries.ts';
import { readJson } from '../../http/service-request.ts';
import type { HttpAnswer, HttpTransport } from '../../http/transport.ts';
import type { AuthOptions, NamedOrId } from '../auth-options/auth-options.ts';
import type { Catalog } from '../catalog/results.ts';
import { issuedToken } from './results.ts';

export interface Token {
  /** The secret itself. */
  readonly id: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly expiresAt: number;
  readonly userId: string;
  readonly projectId: string | null;
  readonly catalog: Catalog;
}

const referenceBody = ({ id, name }: NamedOrId) => (id === null ? { name } : { id });
const userBody = (user: NamedOrId, domain: NamedOrId) =>
  user.id === null ? { name: user.name, domain: referenceBody(domain) } : { id: user.id };

/** Body of POST /auth/tokens. */
export const tokenBody = ({ credentials, project, projectDomain }: AuthOptions) => {
  const { user, userDomain } = credentials;
  const identity =
    credentials.kind === 'password'
      ? { methods: ['password'], password: { user: { ...userBody(user, userDomain), password: credentials.password } } }
      : {
          methods: ['application_credential'],
          application_credential: {
            ...(credentials.id === null
              ? { name: credentials.name, user: userBody(user, userDomain) }
              : { id: credentials.id }),
            secret: credentials.secret,
          },
        };
  return { auth: { identity, ...(project && { scope: { project: userBody(project, projectDomain) } }) } };
};

/**
 * Signs in.
 *
 * @param timeout milliseconds for all tries
 * @throws CloudSignInError Keystone refuses the credentials
 * @throws CloudUnavailableError
 */
export const issueToken = async (transport: HttpTransport, options: AuthOptions, timeout: number): Promise<Token> => {
  const { credentials } = options;
  const secret = credentials.kind === 'password' ? credentials.password : credentials.secret;
  const asked = {
    service: 'identity',
    method: 'POST',
    path: '/auth/tokens',
    accepts: [201],
    secrets: [secret],
  } as const;
  let answer: HttpAnswer;
  try {
    answer = await sendWithRetries(transport, {
      method: 'POST',
      url: `${options.authUrl}${asked.path}`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(tokenBody(options)),
      deadline: Date.now() + timeout,
      // Every sign-in makes its own token: a second one does no harm.
      repeatable: true,
    });
  } catch (error) {
    throw errorOfConnection(asked, new URL(options.authUrl).origin, error);
  }
  if (answer.status !== 201) {
    const error = errorOfAnswer(asked, answer);
    throw answer.status === 401 ? new CloudSignInError(error.message, { cause: error }) : error;
  }
  const id = answer.headers['x-subject-token'];
  if (typeof id !== 'string') {
    throw new CloudUnavailableError('identity POST /auth/tokens: no X-Subject-Token in the answer');
  }
  const { token } = readJson(asked, answer, issuedToken);
  // Counted from now instead of taken as it is: clocks of clouds and functions differ.
  const lifetime = Date.parse(token.expires_at) - Date.parse(token.issued_at);
  return {
    id,
    expiresAt: Date.now() + lifetime,
    userId: token.user.id,
    projectId: token.project?.id ?? null,
    catalog: token.catalog,
  };
};
