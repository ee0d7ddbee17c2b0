import { type Measured, measure } from '../local/measure.ts';
import { numberedMember, plant, uproot } from '../local/plant.ts';
import { atMost, below, figure } from '../report/figure.ts';
import { quantile } from '../report/statistics.ts';
import type { Section } from './section.ts';

const CREATES = 20;
const UPDATES = 20;
const MOST_TRANSITIONS = 12;
const MEDIAN_MS = 150;
const HIGH_MS = 500;

const CHECKED = 'a real haproxy checks each configuration and reloads';
const ONE_PROCESS = 'of everything but haproxy';

const figuresOf = (measured: readonly Measured[], cpuMs: number) => {
  const own = measured.map(({ ownMs }) => ownMs);
  const withoutAmphora = measured.map(({ ownMs, amphoraMs }) => ownMs - amphoraMs);
  const note = `of ${own.length} changes`;
  const transitions = Math.max(...measured.map((one) => one.transitions));
  return [
    figure('own time of a change, p50', quantile(own, 0.5), 'ms', { target: below(MEDIAN_MS), note }),
    figure('own time of a change, p95', quantile(own, 0.95), 'ms', { target: below(HIGH_MS), note }),
    figure('own time of a change, most', Math.max(...own), 'ms', { note }),
    figure('without the amphora, p50', quantile(withoutAmphora, 0.5), 'ms', { note: CHECKED }),
    figure('without the amphora, p95', quantile(withoutAmphora, 0.95), 'ms', { note: CHECKED }),
    figure('processor time of a change', cpuMs / own.length, 'ms', { note: ONE_PROCESS }),
    figure('transitions of a change, most', transitions, 'transitions', { target: atMost(MOST_TRANSITIONS) }),
  ];
};

/** Single changes one after another, each waited for: the wait of a tenant that does one thing. */
export const changes: Section = {
  name: 'changes',
  about: `${CREATES + UPDATES} member changes, one after another`,
  run: async (site, note) => {
    const { worker } = site;
    const { loadBalancer, pool, member } = await plant(site);
    const measured: Measured[] = [];
    const before = process.cpuUsage();
    for (let number = 1; number <= CREATES; number += 1) {
      measured.push(await measure(site, () => worker.createMember(numberedMember(site, pool, number))));
    }
    for (let number = 1; number <= UPDATES; number += 1) {
      measured.push(await measure(site, () => worker.updateMember(member.id, { weight: number + 1 })));
    }
    const { user, system } = process.cpuUsage(before);
    note(...figuresOf(measured, (user + system) / 1000));
    await uproot(site, loadBalancer);
  },
};
