/**
 * Runs the tests that need a real OpenStack: `npm run test:cloud [-- <part of a file's name>...]`.
 * Exit code 0: all passed; 1: a test failed; 2: there is no cloud to test on.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { getSubnet } from '../../lib/openstack/network/subnets/requests.ts';
import { closingLines } from '../helpers/machine.ts';
import { countTests } from './count-tests.ts';
import { cloudFacts, completeFacts } from './facts.ts';
import { leftoversSince } from './leftovers.ts';
import { sessionOf } from './sign-in.ts';

const noCloud = (why: string): never => {
  console.error(`no cloud to test on: ${why}`);
  process.exit(2);
};

const { environment, taken, missing, folder } = completeFacts(process.env);
if (missing.length > 0) {
  noCloud(`set ${missing.join(', ')}, or start one with test/cloud/openstack/up (none in ${folder})`);
}
if (taken.length > 0) console.log(`taken from ${folder}: ${taken.join(', ')}`);
Object.assign(process.env, environment);

const facts = cloudFacts();
const session = sessionOf(facts.OS_CLIENT_CONFIG_FILE, facts.OS_CLOUD);

/** What the contract tests know of the cloud. */
const contractFacts = async () => {
  const [subnet, { projectId }] = await Promise.all([getSubnet(session, facts.TEST_VIP_SUBNET), session.whoami()]);
  return {
    vipSubnetId: subnet.id,
    vipNetworkId: subnet.network_id,
    managementNetworkId: facts.AMP_BOOT_NETWORK_LIST.split(',')[0],
    imageTag: facts.AMP_IMAGE_TAG,
    imageOwnerId: process.env.AMP_IMAGE_OWNER_ID || null,
    flavorId: facts.AMP_FLAVOR_ID,
    projectId,
  };
};

const scratch = await mkdtemp(join(tmpdir(), 'cloud-tests-'));
try {
  const known = await contractFacts().catch((error: unknown) =>
    noCloud(error instanceof Error ? error.message : String(error)),
  );
  process.env.TEST_CLOUD_FACTS = join(scratch, 'facts.json');
  await writeFile(process.env.TEST_CLOUD_FACTS, JSON.stringify(known));
  const leftovers = await leftoversSince(session);
  const vitest = await startVitest('test', process.argv.slice(2), {
    config: new URL('vitest.config.ts', import.meta.url).pathname,
    watch: false,
  });
  // Each file asks for its own; this is for those that can not.
  const left = await leftovers.settled();
  for (const item of left) console.error(`left behind: ${item}`);
  const counts = countTests(vitest);
  await vitest.close();
  const failed = counts.failed + left.length;
  process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;
  console.log(closingLines({ ...counts, failed }));
} finally {
  await session.close();
  await rm(scratch, { recursive: true, force: true });
}
