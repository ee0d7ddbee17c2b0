import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { useStack } from '../helpers/stack.ts';
import { useRealStack } from './real-stack.ts';
import { localTarget, type Target, walk } from './walk.ts';

describe('every command of openstack loadbalancer, on the local stack', () => {
  const stack = useStack();
  let folder = '';
  let target: Target;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'commands-'));
    target = await localTarget(stack(), folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  walk(() => target);
});

describe('every command of openstack loadbalancer, on a real cloud', () => {
  const real = useRealStack();
  let target: Target;

  beforeAll(async () => {
    const { as, cliAs, facts } = real();
    const api = await as(facts.TEST_TENANT_CLOUD);
    const [tenant, operator] = [await cliAs(facts.TEST_TENANT_CLOUD), await cliAs(facts.OS_CLOUD)];
    const { TEST_VIP_SUBNET: vipSubnetId, TEST_MEMBER_SUBNET: memberSubnetId } = facts;
    target = { tenant, operator, api, vipSubnetId, memberSubnetId };
  });

  walk(() => target);
});
