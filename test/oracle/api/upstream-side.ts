import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { bodyOf, type Side } from './side.ts';
import {
  CHOICES,
  IDENTITIES,
  PORTS,
  QOS_POLICY,
  SECRETS,
  SECURITY_GROUPS,
  SUBNETS,
  UPSTREAM_SETTINGS,
} from './world.ts';

const line = z.object({ status: z.number(), body: z.string() });
const LAST_WORDS = 4_000;

/** What keystonemiddleware writes into a request whose token is good. */
const identityHeaders = (identity: (typeof IDENTITIES)[keyof typeof IDENTITIES]): Record<string, string> => {
  if (identity === null) return {};
  const { project, roles } = identity;
  const scope = project === null ? { 'openstack-system-scope': 'all' } : { 'x-project-id': project };
  return { 'x-user-id': 'user', 'x-roles': roles.join(','), ...scope };
};

/** Upstream's API in a process of its own. @param python one that imports octavia */
export const startUpstream = async (python: string): Promise<Side> => {
  const child = spawn(python, ['-W', 'ignore', join(import.meta.dirname, 'upstream_api.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + String(chunk)).slice(-LAST_WORDS);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = async (order: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`upstream's API ended: ${lastWords}`);
    return JSON.parse(value);
  };
  const folder = await mkdtemp(join(tmpdir(), 'oracle-'));
  const present = [QOS_POLICY, ...SECURITY_GROUPS];
  const facts = { subnets: SUBNETS, ports: PORTS, present, secrets: SECRETS, choices: CHOICES };
  await send({ ...facts, folder, settings: UPSTREAM_SETTINGS });
  return {
    async reset() {
      await send({ do: 'reset' });
    },
    async settle(failed) {
      await send({ do: 'settle', failed });
    },
    async ask({ as, headers, ...request }) {
      const identity = identityHeaders(IDENTITIES[as]);
      const { status, body } = line.parse(await send({ do: 'ask', ...request, headers: { ...headers, ...identity } }));
      return { status, body: bodyOf(body) };
    },
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
};
