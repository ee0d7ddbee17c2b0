import * as z from 'zod';
import { type AuthOptions, versionedAuthUrl } from '../../lib/openstack/identity/auth-options/auth-options.ts';
import { readCloudEntry } from '../../lib/openstack/identity/auth-options/cloud-entry.ts';
import {
  entryOfDocument,
  readCloudsFile,
  usualCloudsFiles,
} from '../../lib/openstack/identity/auth-options/clouds-file.ts';
import { UsageError } from '../output/errors.ts';
import { entryOfVariables } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How to sign in. Holds secrets: never shown. */
export type SignIn =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly authUrl: string | null }
  | { readonly kind: 'credentials'; readonly options: AuthOptions };

/** How to reach the load balancer API. */
export interface Access {
  /** Where that was found, for errors and `check`. */
  readonly source: string;
  readonly signIn: SignIn;
  /** What was given instead of the catalog's address; or null. */
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly interface: AuthOptions['interface'];
  readonly caFile: string | null;
  readonly verify: boolean;
}

const text = z.string().min(1);
/** The part of an entry that is read for a token, which the worker itself does not sign in with. */
const tokenEntry = z.object({
  auth: z.object({ auth_url: z.url().optional(), token: text }),
  load_balancer_endpoint_override: z.url().optional(),
  region_name: text.optional(),
  interface: z.enum(['public', 'internal', 'admin']).optional(),
  cacert: text.optional(),
  verify: z.boolean().optional(),
});
const kind = z.object({ auth_type: z.string().optional() });

const ofToken = (entry: unknown, source: string): Access => {
  const { data, error } = tokenEntry.safeParse(entry);
  if (data === undefined) {
    const [issue] = error.issues;
    throw new UsageError(`${source}: ${issue?.path.join('.')}: ${issue?.message}`, 'a token takes auth.token');
  }
  return {
    source,
    signIn: {
      kind: 'token',
      token: data.auth.token,
      authUrl: data.auth.auth_url === undefined ? null : versionedAuthUrl(data.auth.auth_url),
    },
    endpoint: data.load_balancer_endpoint_override ?? null,
    region: data.region_name ?? null,
    interface: data.interface ?? 'public',
    caFile: data.cacert ?? null,
    verify: data.verify ?? true,
  };
};

const ofEntry = (entry: unknown, source: string): Access => {
  const type = kind.safeParse(entry).data?.auth_type;
  if (type === 'token' || type === 'v3token') return ofToken(entry, source);
  const options = readCloudEntry(entry, source);
  return {
    source,
    signIn: { kind: 'credentials', options },
    endpoint: options.endpointOverrides['load-balancer'] ?? null,
    region: options.region,
    interface: options.interface,
    caFile: options.caFile,
    verify: options.verify,
  };
};

const WITHOUT: Omit<Access, 'endpoint'> = {
  source: 'no credentials',
  signIn: { kind: 'none' },
  region: null,
  interface: 'public',
  caFile: null,
  verify: true,
};

const found = async (given: { readonly osCloud?: string }, environment: Environment): Promise<Access | null> => {
  const cloud = given.osCloud ?? environment.OS_CLOUD;
  if (cloud) {
    const file = environment.OS_CLIENT_CONFIG_FILE;
    const { path, text: yaml } = await readCloudsFile(file ? [file] : usualCloudsFiles(environment.HOME ?? null));
    return ofEntry(await entryOfDocument(yaml, cloud, path), `${path}: clouds.${cloud}`);
  }
  const entry = entryOfVariables(environment);
  return entry === null ? null : ofEntry(entry, 'OS_* variables');
};

/**
 * How to reach the API, as OpenStack's clients find it: the named cloud of a clouds.yaml, or the OS_* variables; an
 * endpoint alone is an API that asks for no token (`noauth`).
 * @throws UsageError, ConfigurationError with the name of what is missing, never a value
 */
export const readAccess = async (
  given: { readonly endpoint?: string; readonly osCloud?: string },
  environment: Environment,
): Promise<Access> => {
  const endpoint = given.endpoint ?? null;
  if (endpoint !== null && !/^https?:\/\//.test(endpoint)) {
    throw new UsageError(`--endpoint ${endpoint}: is no address`, 'give one such as http://127.0.0.1:9876');
  }
  const access = await found(given, environment);
  if (access !== null) return { ...access, endpoint: endpoint ?? access.endpoint };
  if (endpoint !== null) return { ...WITHOUT, endpoint };
  throw new UsageError(
    'There are no credentials: neither OS_CLOUD nor OS_AUTH_URL is set.',
    'export OS_CLOUD=<name in clouds.yaml>, or name an API without authentication by --endpoint http://127.0.0.1:9876',
  );
};
