import { httpTransport } from '../../lib/openstack/http/transport.ts';
import type { AuthOptions } from '../../lib/openstack/identity/auth-options/auth-options.ts';
import { issueToken } from '../../lib/openstack/identity/tokens/issue-token.ts';

const TIMEOUT = 30_000;

/** Signs in beside the session under test; answers the token itself. */
export const signInWith =
  (options: () => AuthOptions) =>
  async ({ wrongPassword }: { readonly wrongPassword: boolean }): Promise<string> => {
    const { credentials, ...rest } = options();
    const wrong =
      credentials.kind === 'password' ? { ...credentials, password: 'wrong' } : { ...credentials, secret: 'wrong' };
    const transport = httpTransport({ connectTimeout: TIMEOUT, ca: null, verify: options().verify });
    try {
      const token = await issueToken(transport, { ...rest, credentials: wrongPassword ? wrong : credentials }, TIMEOUT);
      return token.id;
    } finally {
      await transport.close();
    }
  };
