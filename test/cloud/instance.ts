import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Facts } from './facts.ts';

const run = promisify(execFile);
const interfaces = z.array(z.object({ ifname: z.string(), addr_info: z.array(z.object({ local: z.string() })) }));

/** Runs a program of the cloud recipe. @throws Error the cloud is not the recipe's, or the program failed */
export const recipe = async (
  facts: Pick<Facts, 'TEST_CLOUD_RECIPE'>,
  program: string,
  ...words: readonly string[]
): Promise<string> => {
  if (facts.TEST_CLOUD_RECIPE === undefined) throw new Error(`${program} needs the cloud of test/cloud/openstack`);
  return (await run(join(facts.TEST_CLOUD_RECIPE, program), words, { timeout: 60_000 })).stdout;
};

/** The addresses of one interface in an amphora's traffic namespace, seen from inside the instance. */
export const trafficAddresses = async (
  facts: Pick<Facts, 'TEST_CLOUD_RECIPE'>,
  serverId: string,
  interfaceName: string,
): Promise<readonly string[]> => {
  const words = ['ip', 'netns', 'exec', 'amphora-haproxy', 'ip', '-j', 'addr', 'show', interfaceName];
  const seen = interfaces.parse(JSON.parse(await recipe(facts, 'vm/vm-ctl', 'exec', serverId, ...words)));
  return seen.flatMap(({ addr_info }) => addr_info.map(({ local }) => local));
};
