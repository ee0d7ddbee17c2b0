import { runClients } from '../local/clients.ts';
import { startStackProcess } from '../local/stack-process.ts';
import { figure } from '../report/figure.ts';
import { octavia } from '../rest/octavia.ts';
import { tokenOf } from '../rest/token.ts';
import type { Section } from './section.ts';

const LOAD_BALANCERS = 10;
const OPERATIONS = 1000;

/** What `npm start` holds before and after many operations, each of them an execution of its own. */
export const memory: Section = {
  name: 'memory',
  about: `a stack in a process of its own, after ${OPERATIONS} operations`,
  run: async ({ facts, environment }, note) => {
    const stack = await startStackProcess(environment);
    const api = octavia(stack.apiUrl, () => tokenOf(stack.cloudsFile, 'alice'));
    try {
      note(figure('resident at the start', stack.residentMb(), 'MB'));
      const ids: string[] = [];
      for (let number = 1; number <= LOAD_BALANCERS; number += 1) {
        const { id } = await api.createLoadBalancer({ name: `memory-${number}`, vip_subnet_id: facts.vipSubnetId });
        await api.untilActive(id);
        ids.push(id);
      }
      note(figure(`resident with ${LOAD_BALANCERS} load balancers`, stack.residentMb(), 'MB'));
      const begun = performance.now();
      let highest = 0;
      await runClients(LOAD_BALANCERS, LOAD_BALANCERS, async (lane) => {
        for (let number = 1; number <= OPERATIONS / LOAD_BALANCERS; number += 1) {
          const id = ids[lane] ?? '';
          await api.send('PUT', `/lbaas/loadbalancers/${id}`, { loadbalancer: { description: `${number}` } });
          await api.untilActive(id);
          highest = Math.max(highest, stack.residentMb());
        }
      });
      const seconds = (performance.now() - begun) / 1000;
      note(
        figure(`resident after ${OPERATIONS} updates of them`, stack.residentMb(), 'MB', {
          note: `${highest.toFixed(0)} MB at the highest`,
        }),
        figure('the updates took', seconds, 's', { note: `${LOAD_BALANCERS} at a time` }),
      );
    } finally {
      await api.close();
      await stack.stop();
    }
  },
};
