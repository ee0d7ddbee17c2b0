import * as z from 'zod';
import { buildSpan, mostAtOnce } from '../local/builds.ts';
import { BUILD_LIMIT } from '../local/site.ts';
import { atMost, figure } from '../report/figure.ts';
import { quantile } from '../report/statistics.ts';
import type { Section } from './section.ts';

const LOAD_BALANCERS = 50;

const listed = z.object({
  operations: z.array(
    z.object({
      flow: z.string(),
      steps: z.array(z.object({ name: z.string(), started_at: z.string(), ended_at: z.string().nullable() })),
    }),
  ),
});

/** Many load balancers created through the API at once, and deleted at once. */
export const crowd: Section = {
  name: 'crowd',
  about: `${LOAD_BALANCERS} load balancers at once`,
  run: async ({ api, facts }, note) => {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    const numbers = Array.from({ length: LOAD_BALANCERS }, (_, index) => index + 1);
    const built = await Promise.all(
      numbers.map(async (number) => {
        const { id } = await api.createLoadBalancer({ name: `crowd-${number}`, vip_subnet_id: facts.vipSubnetId });
        const accepted = seconds();
        const failure = await api.untilActive(id).then(
          () => null,
          (error: unknown) => error,
        );
        return { id, accepted, active: seconds(), failed: failure !== null };
      }),
    );
    const active = built.map((one) => one.active);
    note(
      figure('all accepted', Math.max(...built.map(({ accepted }) => accepted)), 's'),
      figure('half of them ACTIVE', quantile(active, 0.5), 's', {
        note: `${BUILD_LIMIT} builds at once, the others wait in line`,
      }),
      figure('all ACTIVE', Math.max(...active), 's'),
      figure('not ACTIVE in the end', built.filter(({ failed }) => failed).length, 'load balancers', {
        target: atMost(0),
      }),
    );
    const spans = await Promise.all(
      built.map(async ({ id }) => {
        const { operations } = listed.parse((await api.send('GET', `/lbaas/loadbalancers/${id}/operations`)).body);
        return buildSpan(operations.find(({ flow }) => flow === 'create-load-balancer')?.steps ?? []);
      }),
    );
    note(figure('builds at once, at most', mostAtOnce(spans), 'builds', { target: atMost(BUILD_LIMIT) }));
    const deleting = performance.now();
    await Promise.all(
      built.map(async ({ id }) => {
        await api.send('DELETE', `/lbaas/loadbalancers/${id}?cascade=true`);
        await api.untilGone(id);
      }),
    );
    note(figure('all deleted', (performance.now() - deleting) / 1000, 's'));
  },
};
