import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { CloudSession } from '../../lib/openstack/session.ts';
import type { Settings } from '../../local/environment.ts';
import type { Stack, StackOptions } from '../../local/stack.ts';
import { useStack } from '../helpers/stack.ts';
import { type Cli, openstackCli } from './cli.ts';
import { cloudFacts, type Facts } from './facts.ts';
import { type Leftovers, leftoversSince } from './leftovers.ts';
import { type LoadBalancerApi, loadBalancerApi } from './load-balancer-api.ts';
import { sessionOf, tokenOf } from './sign-in.ts';

export interface RealStack {
  readonly facts: Facts;
  readonly stack: Stack;
  /** The service user's session: an administrator, as the worker is. */
  readonly session: CloudSession;
  /** What the file's tests have in the cloud. */
  readonly leftovers: Leftovers;
  /** The API as a user of clouds.yaml. */
  as(cloud: string): Promise<LoadBalancerApi>;
  /** The `openstack` command as a user of clouds.yaml. */
  cliAs(cloud: string): Promise<Cli>;
}

/**
 * A stack of its own for a test file, its worker on the real cloud and at the clock's real pace. After the last test it
 * fails the file when anything was left in the cloud.
 *
 * @param options what is to be different from that
 * @returns from `beforeAll` on
 */
export const useRealStack = (settings: Settings = {}, options: Partial<StackOptions> = {}): (() => RealStack) => {
  const facts = cloudFacts();
  let opened: Omit<RealStack, 'stack'> | null = null;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'real-stack-'));
    const session = sessionOf(facts.OS_CLIENT_CONFIG_FILE, facts.OS_CLOUD);
    const leftovers = await leftoversSince(session);
    const { OS_CLIENT_CONFIG_FILE: clouds } = facts;
    opened = {
      facts,
      session,
      leftovers,
      as: async (cloud) => loadBalancerApi(stack().apiUrl, await tokenOf(clouds, cloud)),
      cliAs: (cloud) => openstackCli(clouds, cloud, { api: stack().apiUrl, folder }),
    };
  });
  // Hooks of one kind run newest first at the end: the stack stops before the cloud is looked at.
  afterAll(async () => {
    if (opened === null) return;
    const left = await opened.leftovers.settled();
    await opened.session.close();
    await rm(folder, { recursive: true, force: true });
    expect(left).toEqual([]);
  });
  const stack = useStack({
    standInCloud: false,
    schedules: true,
    heartbeats: settings.HEARTBEAT_BIND_IP !== undefined,
    secondMs: 1000,
    ...options,
    settings: { ...workerSettings(facts), ...settings },
  });

  return () => {
    if (opened === null) throw new Error('The stack runs from beforeAll on.');
    return { ...opened, stack: stack() };
  };
};

const workerSettings = (facts: Facts): Settings => ({
  OS_CLIENT_CONFIG_FILE: facts.OS_CLIENT_CONFIG_FILE,
  OS_CLOUD: facts.OS_CLOUD,
  AMP_IMAGE_TAG: facts.AMP_IMAGE_TAG,
  AMP_FLAVOR_ID: facts.AMP_FLAVOR_ID,
  AMP_BOOT_NETWORK_LIST: facts.AMP_BOOT_NETWORK_LIST,
  AMP_SECGROUP_LIST: facts.AMP_SECGROUP_LIST,
});
