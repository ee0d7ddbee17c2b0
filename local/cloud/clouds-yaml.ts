import { stringify } from 'yaml';
import { ACCOUNTS, DOMAIN, REGION } from './facts.ts';

/** Text of a clouds.yaml with an entry for each user of the cloud. */
export const cloudsYaml = (authUrl: string, passwordOf: (user: string) => string): string =>
  stringify({
    clouds: Object.fromEntries(
      ACCOUNTS.map(({ name, project, roles }) => [
        name,
        {
          auth: {
            auth_url: authUrl,
            username: name,
            password: passwordOf(name),
            user_domain_name: DOMAIN.name,
            ...(roles.length > 0
              ? { project_name: project, project_domain_name: DOMAIN.name }
              : { system_scope: 'all' }),
          },
          region_name: REGION,
          identity_api_version: 3,
        },
      ]),
    ),
  });
