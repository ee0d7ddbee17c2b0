import { afterAll, beforeAll, describe } from 'vitest';
import type { AuthOptions } from '../../lib/openstack/identity/auth-options/auth-options.ts';
import { cloudOfDocument } from '../../lib/openstack/identity/auth-options/clouds-file.ts';
import { createCloudSession } from '../../lib/openstack/session.ts';
import { type StandInCloud, startCloud } from '../../local/cloud/cloud.ts';
import { type CloudUnderContract, cloudUnderContract } from './cloud-under-contract.ts';
import { describeCloudContract } from './describe-cloud-contract.ts';
import { signInWith } from './sign-in.ts';

describe('stand-in cloud', () => {
  let standIn: StandInCloud | undefined;
  let cloud: CloudUnderContract | undefined;
  let options: AuthOptions | undefined;
  const known = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the cloud is not set up');
    return value;
  };

  beforeAll(async () => {
    const started = await startCloud({
      dataFolder: null,
      port: 0,
      addressBlock: 'any',
      bootDelayMs: 30,
      deleteDelayMs: 10,
    });
    standIn = started;
    const read = await cloudOfDocument(started.cloudsYaml(), 'octavia', 'stand-in');
    const session = createCloudSession({ authOptions: async () => read, requestTimeout: 5000, connectTimeout: 1000 });
    options = read;
    cloud = cloudUnderContract(session, { ...started.facts, projectId: started.facts.serviceProjectId });
  });
  afterAll(async () => {
    await cloud?.session.close();
    await standIn?.stop();
  });

  describeCloudContract(
    () => known(cloud),
    signInWith(() => known(options)),
  );
});
