import { ImmutableObjectError } from '../../lib/errors/flow.ts';
import { runClients } from '../local/clients.ts';
import { numberedMember, plant, uproot } from '../local/plant.ts';
import { countMembers, untilFree } from '../local/settled.ts';
import { atMost, figure } from '../report/figure.ts';
import { quantile } from '../report/statistics.ts';
import type { Section } from './section.ts';

const MEMBERS = 1000;
const CLIENTS = 16;
const MOST_PUSHES = 10;
const CPU = 'clients, library, table and flows are one process';

/** A burst of single creates: none is refused, and few configurations are pushed. */
export const members: Section = {
  name: 'members',
  about: `${MEMBERS} single member creates of ${CLIENTS} clients on one load balancer`,
  run: async (site, note) => {
    const { worker } = site;
    const { loadBalancer, pool } = await plant(site);
    const pushesBefore = site.uploads();
    const accepted: number[] = [];
    let refused = 0;
    const cpuBefore = process.cpuUsage();
    const begun = performance.now();
    await runClients(CLIENTS, MEMBERS, async (index) => {
      const submitted = performance.now();
      try {
        await worker.createMember(numberedMember(site, pool, index));
        accepted.push(performance.now() - submitted);
      } catch (error) {
        if (!(error instanceof ImmutableObjectError)) throw error;
        refused += 1;
      }
    });
    const cpu = process.cpuUsage(cpuBefore);
    const acceptedMs = performance.now() - begun;
    await untilFree(loadBalancer.id);
    const wallMs = performance.now() - begun;
    const pushes = site.uploads() - pushesBefore;
    const { all, unfinished } = await countMembers(loadBalancer.id);
    note(
      figure('answered with 409', refused, 'requests', { target: atMost(0) }),
      figure('configuration pushes', pushes, 'pushes', { target: atMost(MOST_PUSHES), note: 'uploads at the agent' }),
      figure('members missing or not ACTIVE at the end', MEMBERS + 1 - all + unfinished, 'members', {
        target: atMost(0),
      }),
      figure('all accepted', acceptedMs / 1000, 's', { note: `${Math.round((MEMBERS * 1000) / acceptedMs)} a second` }),
      figure('all ACTIVE', wallMs / 1000, 's'),
      figure('processor time of one', (cpu.user + cpu.system) / 1000 / MEMBERS, 'ms', { note: CPU }),
      figure('one accepted, p50', quantile(accepted, 0.5), 'ms'),
      figure('one accepted, p95', quantile(accepted, 0.95), 'ms'),
    );
    await uproot(site, loadBalancer);
  },
};
