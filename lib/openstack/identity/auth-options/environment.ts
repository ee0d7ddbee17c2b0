import { ConfigurationError } from '../../../errors/configuration.ts';
import type { identityConfig } from '../../../settings/config.ts';
import type { AuthOptions } from './auth-options.ts';
import { readCloudEntry } from './cloud-entry.ts';

type Environment = ReturnType<typeof identityConfig>['environment'];

const present = (fields: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/**
 * The cloud the OS_* variables describe: the same fields as an entry of clouds.yaml.
 *
 * @throws ConfigurationError names the field, never its value
 */
export const cloudOfEnvironment = (environment: Environment): AuthOptions => {
  const { authUrl, username, password, userDomainName, projectName, projectDomainName } = environment;
  const { applicationCredentialId, applicationCredentialSecret, regionName, caFile } = environment;
  if (authUrl === null) throw new ConfigurationError('OS_AUTH_URL', 'is required when OS_CLOUD is not set');
  const auth = present({
    auth_url: authUrl,
    username,
    password,
    user_domain_name: userDomainName,
    project_name: projectName,
    project_domain_name: projectDomainName,
    application_credential_id: applicationCredentialId,
    application_credential_secret: applicationCredentialSecret,
  });
  const rest = present({ region_name: regionName, interface: environment.interface, cacert: caFile });
  return readCloudEntry({ auth, ...rest }, 'OS_* variables');
};
