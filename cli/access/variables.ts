/** Variables of OpenStack's clients, and the fields of a clouds.yaml entry that they stand for. */
const AUTH: Readonly<Record<string, string>> = {
  OS_AUTH_URL: 'auth_url',
  OS_USERNAME: 'username',
  OS_USER_ID: 'user_id',
  OS_PASSWORD: 'password',
  OS_USER_DOMAIN_NAME: 'user_domain_name',
  OS_USER_DOMAIN_ID: 'user_domain_id',
  OS_PROJECT_NAME: 'project_name',
  OS_PROJECT_ID: 'project_id',
  OS_PROJECT_DOMAIN_NAME: 'project_domain_name',
  OS_PROJECT_DOMAIN_ID: 'project_domain_id',
  OS_APPLICATION_CREDENTIAL_ID: 'application_credential_id',
  OS_APPLICATION_CREDENTIAL_NAME: 'application_credential_name',
  OS_APPLICATION_CREDENTIAL_SECRET: 'application_credential_secret',
  OS_TOKEN: 'token',
};
const REST: Readonly<Record<string, string>> = {
  OS_AUTH_TYPE: 'auth_type',
  OS_REGION_NAME: 'region_name',
  OS_INTERFACE: 'interface',
  OS_CACERT: 'cacert',
  OS_LOAD_BALANCER_ENDPOINT_OVERRIDE: 'load_balancer_endpoint_override',
};

type Environment = Readonly<Record<string, string | undefined>>;

const fieldsOf = (names: Readonly<Record<string, string>>, environment: Environment) =>
  Object.fromEntries(
    Object.entries(names).flatMap(([name, field]) => {
      const value = environment[name];
      return value ? [[field, value] as const] : [];
    }),
  );

/** The clouds.yaml entry that the OS_* variables describe; null when they name neither Keystone nor a token. */
export const entryOfVariables = (environment: Environment): Readonly<Record<string, unknown>> | null => {
  const auth = fieldsOf(AUTH, environment);
  if (auth.auth_url === undefined && auth.token === undefined) return null;
  const rest = fieldsOf(REST, environment);
  const insecure = /^(1|true|yes)$/i.test(environment.OS_INSECURE ?? '');
  // As OpenStack's clients: a token alone is what is signed in with.
  const onlyToken = auth.token !== undefined && auth.password === undefined && rest.auth_type === undefined;
  return { auth, ...rest, ...(onlyToken && { auth_type: 'token' }), ...(insecure && { verify: false }) };
};
