import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { startCloud } from '../../local/cloud/cloud.ts';
import { standInSettings } from '../../local/environment.ts';
import { describeTroubles } from '../cloud/dependencies/describe-troubles.ts';
import { openFront } from '../cloud/dependencies/front.ts';
import { createStage } from '../cloud/dependencies/stage.ts';
import { loadBalancerApi } from '../cloud/load-balancer-api.ts';
import { useStack } from '../helpers/stack.ts';
import { signIn } from '../helpers/tenant.ts';

const REQUEST_TIMEOUT_MS = '2000';

const folder = await mkdtemp(join(tmpdir(), 'services-'));
const cloud = await startCloud({ dataFolder: null, host: '127.0.0.1', port: 0, addressBlock: 'any', bootDelayMs: 20 });
const clouds = join(folder, 'clouds.yaml');
await writeFile(clouds, cloud.cloudsYaml(), { mode: 0o600 });
const front = await openFront({ OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: 'octavia' });
afterAll(async () => {
  await front.stop();
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What is in the cloud, as "kind name (id)". */
const everything = (): readonly string[] => {
  const { servers, ports, securityGroups, serverGroups } = cloud.state;
  const lists = { server: servers, port: ports, 'security group': securityGroups, 'server group': serverGroups };
  return Object.entries(lists).flatMap(([kind, list]) =>
    [...list.values()].map(({ id, name }) => `${kind} ${name} (${id})`),
  );
};

describe('a whole life of a load balancer while a service of the stand-in cloud', () => {
  const stage = createStage();
  const stack = useStack({
    standInCloud: false,
    aroundTask: stage.aroundTask,
    settings: {
      ...standInSettings(cloud.facts, front.cloudsFile),
      CLOUD_REQUEST_TIMEOUT_MS: REQUEST_TIMEOUT_MS,
    },
  });
  const place = () => ({
    stack: stack(),
    as: async (user: string) =>
      loadBalancerApi(stack().apiUrl, await signIn(cloud.authUrl, user, user === 'admin' ? 'admin' : 'project-a')),
    facts: {
      TEST_TENANT_CLOUD: 'alice',
      TEST_VIP_SUBNET: cloud.facts.vipSubnetId,
      TEST_MEMBER_SUBNET: cloud.facts.memberSubnetId,
    },
    leftovers: { now: async () => everything() },
  });
  describeTroubles(place, front, stage);
});
