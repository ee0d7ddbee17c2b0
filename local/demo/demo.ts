import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '../stack.ts';
import { createChecks } from './checks.ts';
import { createClient, signIn } from './client.ts';
import { contentsOf } from './contents.ts';
import { showFailover } from './failover.ts';
import { createLoadBalancer, deleteLoadBalancer } from './lifecycle.ts';
import { type Member, startMember } from './members.ts';
import type { Scene } from './scene.ts';
import { configure, showMonitor, showObjects, showRoundRobin, showWeights } from './serve.ts';

/** Of the listener; above 1023, so that the demo needs no root. */
const PORT = 8080;

/** Heartbeats every second, so that the demo does not wait for what a site takes half a minute for. */
const DEMO_SETTINGS = { LOG_LEVEL: 'SILENT', HEARTBEAT_INTERVAL: '1', HEALTH_CHECK_INTERVAL: '1' };

const NO_TRAFFIC =
  'no traffic, only the control plane, as there is no haproxy on this machine: apt-get install haproxy';

const print = (line: string): void => console.log(line);
const checks = createChecks(print);
const folder = mkdtempSync(join(tmpdir(), 'deploy-worker-demo-'));
const members: Member[] = [];
let stack: Stack | null = null;

const close = async (): Promise<void> => {
  await Promise.all(members.map((member) => member.stop()));
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
};

/** An address below those that the member network gives out. */
const memberAddress = (cidr: string, host: number): string => cidr.replace(/\.\d+\/\d+$/, `.${host}`);

const open = async (): Promise<Scene> => {
  stack = await startStack({ dataFolder: folder, quiet: true, settings: DEMO_SETTINGS });
  const { apiUrl, cloud } = stack;
  if (cloud === null) throw new Error('the demo needs the stand-in cloud');
  const seconds = (performance.now() / 1000).toFixed(2);
  const megabytes = Math.round(process.memoryUsage().rss / 1_000_000);
  const { status } = await fetch(apiUrl, { signal: AbortSignal.timeout(5000) });
  checks.check('the API answers', status === 200, `ready in ${seconds} s, ${megabytes} MB, ${apiUrl}`);
  const { authUrl, facts } = cloud;
  const [alice, operator] = await Promise.all([
    signIn(authUrl, 'alice', facts.password, 'project-a'),
    signIn(authUrl, 'admin', facts.password, 'admin'),
  ]);
  for (const [index, name] of ['one', 'two'].entries()) {
    members.push(await startMember(name, memberAddress(facts.memberCidr, 11 + index)));
  }
  const where = members.map(({ address, port }) => `${address}:${port}`).join(', ');
  checks.check('two members wait for work', members.length === 2, where);
  return { checks, cloud, print, alice: createClient(apiUrl, alice), operator: createClient(apiUrl, operator) };
};

const tell = async (scene: Scene): Promise<void> => {
  const { cloud } = scene;
  const before = contentsOf(cloud);
  const created = await checks.chapter('Create a load balancer', () => createLoadBalancer(scene));
  if (created === null) return;
  const { id, vip } = created;
  const target = cloud.runsHaproxy ? { host: vip, port: PORT } : null;
  if (target === null) print(`\n${NO_TRAFFIC}`);

  await checks.chapter('Let it serve, and change it', async () => {
    const serving = await configure(scene, id, PORT, members);
    await showObjects(scene, id);
    if (target !== null) await showRoundRobin(scene, target);
    await showWeights(scene, id, serving, target);
    if (target !== null) await showMonitor(scene, target, members);
  });
  await checks.chapter('Kill its amphora', () => showFailover(scene, id, target));
  await checks.chapter('Delete it with all that is below it', () => deleteLoadBalancer(scene, id, before));
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    close().finally(() => process.exit(130));
  });
}

const scene = await checks.chapter('Start everything on this machine', open);
if (scene !== null) await tell(scene);
await close();
if (scene?.cloud.runsHaproxy === false) print(`\nskipped: ${NO_TRAFFIC}`);
print(`\n${checks.passed()} passed, ${checks.failed()} failed`);
process.exitCode = checks.failed() === 0 ? 0 : 1;
