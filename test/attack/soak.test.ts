import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { openHeartbeatKey } from '../../local/pki.ts';
import { loadBalancerApi } from '../cloud/load-balancer-api.ts';
import { unless } from '../helpers/needs.ts';
import { signIn } from '../helpers/tenant.ts';
import { openTable } from './soak/at-rest.ts';
import { clearFaults } from './soak/faults.ts';
import { actHonestly } from './soak/honest.ts';
import { attackAll } from './soak/hostile.ts';
import { createJournal } from './soak/journal.ts';
import { type Memory, type StackProcess, startStackProcess } from './soak/stack-process.ts';
import { createTally } from './soak/tally.ts';

const DURATION_MS = Number(process.env.ATTACK_SOAK_MINUTES ?? '10') * 60_000;
const KILLS = Number(process.env.ATTACK_SOAK_KILLS ?? '20');
/** The API's; the stack takes the next six, too. It keeps them over restarts, as references to secrets name them. */
const PORT = Number(process.env.ATTACK_SOAK_PORT ?? '21800');
const HOST = '127.0.0.1';
/**
 * Age of the stack's process at which its memory is measured, and requests that it has answered by then at least: a new process needs more
 * with each kind of work that it meets for the first time.
 */
const AGE_MS = Math.min(60_000, DURATION_MS / 5);
const WARM_REQUESTS = 250;
/** Everything is settled within this time after the last fault. */
const REST_MS = 150_000;
/** An honest client gives up a request that was interrupted after this time. */
const PATIENCE_MS = 160_000;
const MOST_GROWTH = 1.2;
/** Load balancers with a client of its own each, by their owners. */
const CLIENTS = ['alice', 'alice', 'bob'] as const;

let folder = '';
let stack: StackProcess | null = null;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soak-'));
});
afterAll(async () => {
  await stack?.kill();
  await rm(folder, { recursive: true, force: true });
});

const start = async (): Promise<StackProcess> => {
  stack = await startStackProcess(folder, PORT);
  return stack;
};

/** What `look` still finds when it finds nothing, or when the time is over. */
const untilNothing = async (look: () => Promise<readonly string[]>): Promise<readonly string[]> => {
  for (const end = Date.now() + REST_MS; ; await wait(2_000)) {
    const found = await look();
    if (found.length === 0 || Date.now() > end) return found;
  }
};

unless(process.env.ATTACK_SOAK === 'true' ? null : 'only on request: npm run attack -- soak').it(
  'a stack under hostile input and SIGKILLs keeps what it accepted, settles, and needs no more memory',
  async () => {
    const authUrl = `http://${HOST}:${PORT + 4}/identity/v3`;
    const url = `http://${HOST}:${PORT}`;
    const [honest, hostile, journal] = [createTally(), createTally(), createJournal()];
    const first = await start();
    const [aliceToken, bobToken, adminToken] = await Promise.all([
      signIn(authUrl, 'alice', 'project-a'),
      signIn(authUrl, 'bob', 'project-b'),
      signIn(authUrl, 'admin', 'admin'),
    ]);
    const users = { alice: loadBalancerApi(url, aliceToken), bob: loadBalancerApi(url, bobToken) };
    const admin = loadBalancerApi(url, adminToken);
    const bait = await users.bob.create({ name: 'hostile', vip_subnet_id: first.vipSubnetId });

    const work = new AbortController();
    const heartbeatKey = openHeartbeatKey(folder);
    const target = {
      host: HOST,
      port: PORT,
      authUrl,
      ...users,
      aliceToken,
      admin,
      heartbeatKey,
      hostileId: bait.id,
    };
    const load = Promise.all([
      attackAll({ ...target, tally: hostile, journal }, work.signal),
      ...CLIENTS.map((user, index) => {
        const site = {
          api: users[user],
          name: `${user}-${index}`,
          vipSubnetId: first.vipSubnetId,
          tally: honest,
          journal,
        };
        return actHonestly(site, work.signal);
      }),
    ]).catch((error: unknown) => honest.problem(`the load ended: ${error}`));
    const began = Date.now();
    const answered = (): number => honest.answered() + hostile.answered();
    const warmMemory = async (process: StackProcess, answeredBefore: number): Promise<Memory> => {
      await wait(process.readyAt + AGE_MS - Date.now());
      for (const end = Date.now() + PATIENCE_MS; answered() - answeredBefore < WARM_REQUESTS; await wait(500)) {
        if (Date.now() > end)
          throw new Error(`${answered() - answeredBefore} requests are answered in ${PATIENCE_MS} ms`);
      }
      return await process.memory();
    };
    let last = first;
    let answeredBefore = 0;
    const firstMemory = await warmMemory(first, answeredBefore);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const at = AGE_MS + (kill * (DURATION_MS - 2 * AGE_MS)) / Math.max(KILLS - 1, 1);
      await wait(Math.max(0, began + at - Date.now()));
      for (const tally of [honest, hostile]) tally.killed();
      await last.kill();
      last = await start();
      answeredBefore = answered();
      for (const tally of [honest, hostile]) tally.started();
    }
    const lastMemory = await warmMemory(last, answeredBefore);
    work.abort();
    await load;
    await clearFaults(target);

    const table = openTable(PORT + 2);
    const stopped = Date.now();
    const restless = await untilNothing(table.restless);
    const restMs = Date.now() - stopped;
    const operations = [...(await table.operations())].map(([status, count]) => `${status} ${count}`);
    table.close();
    const unkept = await journal.unkept();
    const entries = [...journal.entries.values()];
    const removed = entries.filter(({ removal }) => removal === 'accepted').length;
    console.log(
      [
        `honest: ${honest.summary()}`,
        `hostile: ${hostile.summary()}`,
        `operations: ${operations.join(', ')}`,
        `accepted: ${entries.length} objects, ${removed} of them deleted again`,
        `${KILLS} kills in ${Math.round((Date.now() - began) / 1000)} s; settled ${Math.round(restMs / 1000)} s after the last fault`,
        `memory after a start, ${AGE_MS / 1000} s, ${WARM_REQUESTS} requests and a garbage collection: heap ` +
          `${firstMemory.heap.toFixed(0)} MB first, ${lastMemory.heap.toFixed(0)} MB last; resident ` +
          `${firstMemory.resident.toFixed(0)} MB first, ${lastMemory.resident.toFixed(0)} MB last`,
      ].join('\n'),
    );
    expect.soft([...honest.problems, ...hostile.problems]).toEqual([]);
    expect.soft(restless).toEqual([]);
    expect.soft(unkept).toEqual([]);
    expect.soft(lastMemory.heap).toBeLessThan(firstMemory.heap * MOST_GROWTH);
    expect.soft(lastMemory.resident).toBeLessThan(firstMemory.resident * MOST_GROWTH);
    expect(removed).toBeGreaterThan(0);
  },
  DURATION_MS + REST_MS + 3 * PATIENCE_MS + KILLS * 10_000 + 60_000,
);
