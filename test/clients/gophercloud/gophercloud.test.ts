import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { signIn } from '../../flows/support/sign-in.ts';
import { addSubnet } from '../../flows/support/subnets.ts';
import { useStack } from '../../helpers/stack.ts';
import { preparedTools } from '../tools.ts';

const run = promisify(execFile);
const LIMIT_MS = 170_000;
const { gophercloud: tool } = preparedTools();
const failure = z.object({ stdout: z.string(), stderr: z.string() });

/** TestAListenerIsMade as "a listener is made". */
const wordsOf = (name: string): string =>
  name
    .replace(/^Test/, '')
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => (/^[A-Z][a-z]|^A$/.test(word) ? word.toLowerCase() : word))
    .join(' ');

/** A line of what `go tool test2json` writes. */
const event = z.object({ Action: z.string(), Test: z.string().optional(), Output: z.string().optional() });

interface Result {
  readonly passed: boolean;
  readonly said: string;
}

/** How each test went, by its name, with what it wrote. */
const resultsOf = (output: string): ReadonlyMap<string, Result> => {
  const results = new Map<string, Result>();
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const { Action, Test = '', Output = '' } = event.parse(JSON.parse(line));
    const { passed, said } = results.get(Test) ?? { passed: false, said: '' };
    results.set(Test, { passed: passed || Action === 'pass', said: said + Output });
  }
  return results;
};

describe.skipIf(tool.missing !== null)('gophercloud', () => {
  const stack = useStack();
  let results: ReadonlyMap<string, Result> = new Map();

  beforeAll(async () => {
    if (tool.missing !== null) return;
    const { cloud, cloudsFile } = stack();
    if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
    const admin = await signIn(stack(), 'admin', 'admin');
    const zone = { name: 'here', provider_name: 'amphora', availability_zone_data: '{"compute_zone": "nova"}' };
    const { id } = await admin.made('availabilityzoneprofiles', 'availability_zone_profile', zone);
    await admin.made('availabilityzones', 'availability_zone', { name: 'here', availability_zone_profile_id: id });
    const { projects, vipCidr, vipNetworkId, vipSubnetId, memberSubnetId, qosPolicyId } = cloud.facts;
    const other = vipCidr.replace(/1\.0\/24$/, '3.');
    const facts = {
      certificates: join(import.meta.dirname, '../../fixtures/certificates'),
      project: projects['project-a'],
      other_project: projects['project-b'],
      vip_network: vipNetworkId,
      vip_subnet: vipSubnetId,
      vip_address: vipCidr.replace(/0\/24$/, '77'),
      other_subnet: await addSubnet(cloud, vipNetworkId, {
        cidr: `${other}0/24`,
        start: `${other}10`,
        end: `${other}20`,
      }),
      other_address: `${other}9`,
      member_subnet: memberSubnetId,
      qos_policy: qosPolicyId,
      zone: 'here',
    };
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, OS_CLIENT_CONFIG_FILE: cloudsFile, CLIENTS_FACTS: JSON.stringify(facts) };
    const words = ['tool', 'test2json', tool.program, '-test.v=test2json', '-test.parallel=4'];
    const { stdout, stderr } = await run(tool.go, words, { env, timeout: LIMIT_MS }).catch(
      // What a test says is told below.
      (error: unknown) => failure.parse(error),
    );
    results = resultsOf(stdout);
    if (stderr !== '') console.error(stderr);
  }, LIMIT_MS);

  const tests = tool.missing === null ? tool.tests : ['TestEverything'];
  it.each(tests.map((name) => [wordsOf(name), name] as const))('%s', (_words, name) => {
    const result = results.get(name);
    expect(result?.passed, result?.said ?? `${name} did not run`).toBe(true);
  });

  it('has every one of its functions called', async () => {
    if (tool.missing !== null) return;
    const own = await readdir(import.meta.dirname);
    const files = own.filter((name) => name.endsWith('_test.go')).map((name) => join(import.meta.dirname, name));
    const called = (await Promise.all(files.map((path) => readFile(path, 'utf8')))).join('\n');
    const packages = await readdir(tool.source, { withFileTypes: true });
    const names = await Promise.all(
      packages
        .filter((entry) => entry.isDirectory() && entry.name !== 'testhelper')
        .map(async ({ name }) => {
          const requests = await readFile(join(tool.source, name, 'requests.go'), 'utf8');
          return [...requests.matchAll(/^func ([A-Z]\w*)[[(]/gm)].map(([, one]) => `${name}.${one}(`);
        }),
    );
    expect(names.flat().length).toBeGreaterThan(50);
    expect(names.flat().filter((name) => !called.includes(name))).toEqual([]);
  });
});
