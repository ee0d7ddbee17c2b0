import { afterAll, beforeAll } from 'vitest';
import type { AuthOptions } from '../../lib/openstack/identity/auth-options/auth-options.ts';
import { readAuthOptions } from '../../lib/openstack/identity/auth-options/read-auth-options.ts';
import { createCloudSession } from '../../lib/openstack/session.ts';
import { cloudHttpConfig, identityConfig } from '../../lib/settings/config.ts';
import { unless } from '../helpers/needs.ts';
import { type CloudUnderContract, cloudUnderContract, readCloudFacts } from './cloud-under-contract.ts';
import { describeCloudContract } from './describe-cloud-contract.ts';
import { signInWith } from './sign-in.ts';

const factsPath = process.env.TEST_CLOUD_FACTS;
const reason =
  factsPath === undefined || !process.env.OS_CLOUD ? 'TEST_CLOUD_FACTS (a JSON file) and OS_CLOUD are not set' : null;

unless(reason).describe('real cloud', () => {
  let cloud: CloudUnderContract | undefined;
  let options: AuthOptions | undefined;
  const known = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the cloud is not set up');
    return value;
  };

  beforeAll(async () => {
    const read = await readAuthOptions(identityConfig());
    const session = createCloudSession({ authOptions: async () => read, ...cloudHttpConfig() });
    options = read;
    cloud = cloudUnderContract(session, await readCloudFacts(known(factsPath)));
  });
  afterAll(() => cloud?.session.close());

  describeCloudContract(
    () => known(cloud),
    signInWith(() => known(options)),
  );
});
