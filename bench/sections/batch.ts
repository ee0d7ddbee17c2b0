import { measure } from '../local/measure.ts';
import { numberedMember, plant, uproot } from '../local/plant.ts';
import { countMembers } from '../local/settled.ts';
import type { Site } from '../local/site.ts';
import { atMost, figure } from '../report/figure.ts';
import type { Section } from './section.ts';

const MEMBERS = 1000;
const MOST_TRANSITIONS = 12;

/** One batch that creates the members of a pool, and one that changes them all. */
export const batch: Section = {
  name: 'batch',
  about: `${MEMBERS} members in one batch`,
  run: async (site: Site, note) => {
    const { loadBalancer, pool } = await plant(site);
    const apply = async (name: string, weight: number): Promise<void> => {
      const pushesBefore = site.uploads();
      const wanted = Array.from({ length: MEMBERS }, (_, number) => ({
        member: { ...numberedMember(site, pool, number), weight },
        updates: { weight },
      }));
      const { ownMs, transitions } = await measure(site, () => site.worker.batchUpdateMembers(pool.id, wanted));
      const { all, unfinished } = await countMembers(loadBalancer.id);
      note(
        figure(`${name}: own time`, ownMs, 'ms'),
        figure(`${name}: transitions`, transitions, 'transitions', { target: atMost(MOST_TRANSITIONS) }),
        figure(`${name}: configuration pushes`, site.uploads() - pushesBefore, 'pushes'),
        figure(`${name}: members missing or not ACTIVE`, MEMBERS - all + unfinished, 'members', { target: atMost(0) }),
      );
    };
    await apply('batch that creates', 1);
    await apply('batch that changes', 2);
    await uproot(site, loadBalancer);
  },
};
