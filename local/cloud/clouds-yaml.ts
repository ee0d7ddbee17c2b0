import { stringify } from 'yaml';
import { ACCOUNTS, DOMAIN, PASSWORD, REGION } from './facts.ts';

/** Text of a clouds.yaml with an entry for each user of the cloud. */
export const cloudsYaml = (authUrl: string): string =>
  stringify({
    clouds: Object.fromEntries(
      ACCOUNTS.map(({ name, project }) => [
        name,
        {
          auth: {
            auth_url: authUrl,
            username: name,
            password: PASSWORD,
            project_name: project,
            user_domain_name: DOMAIN.name,
            project_domain_name: DOMAIN.name,
          },
          region_name: REGION,
          identity_api_version: 3,
        },
      ]),
    ),
  });
