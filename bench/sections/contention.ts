import { runClients } from '../local/clients.ts';
import { numberedMember, plant, uproot } from '../local/plant.ts';
import { countMembers, untilFree } from '../local/settled.ts';
import type { Site } from '../local/site.ts';
import { atMost, below, figure } from '../report/figure.ts';
import { quantile } from '../report/statistics.ts';
import type { Section } from './section.ts';

/** How long DynamoDB's transactions are in flight, about. */
const WINDOWS_MS = [15, 8];
const CLIENTS = 64;
const MEMBERS = CLIENTS * 30;
const LOAD_BALANCERS = 64;
const LIMIT_MS = 3_000;
const CPU = 'clients, API, library, table and flows are one process';

/** Milliseconds until each was accepted, and how many were refused. */
const measured = async (clients: number, count: number, submit: (index: number) => Promise<unknown>) => {
  const accepted: number[] = [];
  const refusals = new Map<string, number>();
  const begun = performance.now();
  await runClients(clients, count, async (index) => {
    const submitted = performance.now();
    try {
      await submit(index);
      accepted.push(performance.now() - submitted);
    } catch (error) {
      const name = error instanceof Error ? `${error.name} ${error.message.slice(0, 60)}` : String(error);
      refusals.set(name, (refusals.get(name) ?? 0) + 1);
    }
  });
  return { accepted, refusals, seconds: (performance.now() - begun) / 1000 };
};

const figuresOf = (what: string, { accepted, refusals, seconds }: Awaited<ReturnType<typeof measured>>) => {
  const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const note = [...refusals].map(([name, count]) => `${count} ${name}`).join('; ');
  return [
    figure(`${what}: refused`, refused, 'requests', { target: atMost(0), note }),
    figure(`${what}: all accepted`, seconds, 's', { note: `${Math.round(accepted.length / seconds)} a second` }),
    figure(`${what}: one accepted, p50`, quantile(accepted, 0.5), 'ms'),
    figure(`${what}: one accepted, p95`, quantile(accepted, 0.95), 'ms', { target: below(LIMIT_MS), note: CPU }),
  ];
};

const members = async (site: Site, windowMs: number) => {
  const { loadBalancer, pool } = await plant(site);
  site.stack.dynamodb?.setConflictWindow(windowMs);
  const outcome = await measured(CLIENTS, MEMBERS, (index) =>
    site.worker.createMember(numberedMember(site, pool, index)),
  );
  site.stack.dynamodb?.setConflictWindow(0);
  await untilFree(loadBalancer.id);
  const { all, unfinished } = await countMembers(loadBalancer.id);
  await uproot(site, loadBalancer);
  return [
    ...figuresOf(`members, ${windowMs} ms`, outcome),
    figure(
      `members, ${windowMs} ms: missing or not ACTIVE`,
      outcome.accepted.length + 1 - all + unfinished,
      'members',
      {
        target: atMost(0),
      },
    ),
  ];
};

const loadBalancers = async ({ stack, api, facts }: Site, windowMs: number) => {
  const ids: string[] = [];
  stack.dynamodb?.setConflictWindow(windowMs);
  const outcome = await measured(LOAD_BALANCERS, LOAD_BALANCERS, async (index) => {
    const { id } = await api.createLoadBalancer({ name: `crowd-${index}`, vip_subnet_id: facts.vipSubnetId });
    ids.push(id);
  });
  const failed = await Promise.all(
    ids.map((id) =>
      api.untilActive(id).then(
        () => 0,
        () => 1,
      ),
    ),
  );
  stack.dynamodb?.setConflictWindow(0);
  for (const id of ids) await api.send('DELETE', `/lbaas/loadbalancers/${id}?cascade=true`);
  await Promise.all(ids.map((id) => api.untilGone(id)));
  return [
    ...figuresOf(`load balancers, ${windowMs} ms`, outcome),
    figure(`load balancers, ${windowMs} ms: not ACTIVE`, failed.filter(Boolean).length, 'load balancers', {
      target: atMost(0),
    }),
  ];
};

/** Crowds on one row of a table whose transactions are in flight for as long as DynamoDB's. */
export const contention: Section = {
  name: 'contention',
  about: `${CLIENTS} clients on one load balancer, ${LOAD_BALANCERS} creations in one project, with transaction conflicts`,
  run: async (site, note) => {
    for (const windowMs of WINDOWS_MS) {
      note(...(await members(site, windowMs)));
      note(...(await loadBalancers(site, windowMs)));
    }
  },
};
