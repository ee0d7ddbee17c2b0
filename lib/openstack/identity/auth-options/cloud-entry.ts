import * as z from 'zod';
import { ConfigurationError } from '../../../errors/configuration.ts';
import { type AuthOptions, type NamedOrId, versionedAuthUrl } from './auth-options.ts';

const name = z.string().min(1);
const auth = z.object({
  auth_url: z.url(),
  username: name.optional(),
  user_id: name.optional(),
  password: name.optional(),
  user_domain_name: name.optional(),
  user_domain_id: name.optional(),
  project_name: name.optional(),
  project_id: name.optional(),
  project_domain_name: name.optional(),
  project_domain_id: name.optional(),
  application_credential_id: name.optional(),
  application_credential_name: name.optional(),
  application_credential_secret: name.optional(),
});
type Auth = z.infer<typeof auth>;

const endpointInterface = z
  .enum(['public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL'])
  .transform((value) => z.enum(['public', 'internal', 'admin']).parse(value.replace(/URL$/, '')));

const cloudEntry = z.looseObject({
  auth,
  auth_type: z.enum(['password', 'v3password', 'v3applicationcredential']).optional(),
  region_name: name.optional(),
  interface: endpointInterface.optional(),
  endpoint_type: endpointInterface.optional(),
  cacert: name.optional(),
  verify: z.boolean().optional(),
});

const OVERRIDE = '_endpoint_override';

const reference = (id: string | undefined, named: string | undefined): NamedOrId => ({
  id: id ?? null,
  name: named ?? null,
});

/** Keystone's own default, as its clients assume it. */
const domain = (id: string | undefined, named: string | undefined): NamedOrId =>
  id === undefined && named === undefined ? { id: 'default', name: null } : reference(id, named);

const endpointOverrides = (entry: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(entry).flatMap(([key, value]) =>
      key.endsWith(OVERRIDE) && typeof value === 'string'
        ? [[key.slice(0, -OVERRIDE.length).replaceAll('_', '-'), value]]
        : [],
    ),
  );

const credentialsOf = (given: Auth, authType: string | undefined, missing: (field: string) => ConfigurationError) => {
  const user = reference(given.user_id, given.username);
  const userDomain = domain(given.user_domain_id, given.user_domain_name);
  const applicationCredential =
    given.application_credential_id !== undefined || given.application_credential_name !== undefined;
  if (authType === 'v3applicationcredential' || (authType === undefined && applicationCredential)) {
    const { application_credential_id: id, application_credential_name: named, application_credential_secret } = given;
    if (!applicationCredential) throw missing('application_credential_id');
    if (application_credential_secret === undefined) throw missing('application_credential_secret');
    if (id === undefined && user.id === null && user.name === null) throw missing('username');
    const credential = reference(id, named);
    return {
      kind: 'application-credential',
      ...credential,
      user,
      userDomain,
      secret: application_credential_secret,
    } as const;
  }
  if (user.id === null && user.name === null) throw missing('username');
  if (given.password === undefined) throw missing('password');
  return { kind: 'password', user, userDomain, password: given.password } as const;
};

/**
 * One entry of a clouds.yaml, checked.
 *
 * @param where names the entry in errors, for example "/etc/openstack/clouds.yaml: clouds.octavia"
 * @throws ConfigurationError names the field, never its value
 */
export const readCloudEntry = (entry: unknown, where: string): AuthOptions => {
  const result = cloudEntry.safeParse(entry);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new ConfigurationError([where, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is not valid');
  }
  const cloud = result.data;
  const missing = (field: string) => new ConfigurationError(`${where}.auth.${field}`, 'is required and not set');
  const credentials = credentialsOf(cloud.auth, cloud.auth_type, missing);
  const project = reference(cloud.auth.project_id, cloud.auth.project_name);
  const unscoped = project.id === null && project.name === null;
  if (unscoped && credentials.kind === 'password') throw missing('project_name');
  return {
    authUrl: versionedAuthUrl(cloud.auth.auth_url),
    credentials,
    project: credentials.kind === 'password' ? project : null,
    projectDomain: domain(cloud.auth.project_domain_id, cloud.auth.project_domain_name),
    region: cloud.region_name ?? null,
    interface: cloud.interface ?? cloud.endpoint_type ?? 'public',
    caFile: cloud.cacert ?? null,
    verify: cloud.verify ?? true,
    endpointOverrides: endpointOverrides(cloud),
  };
};
