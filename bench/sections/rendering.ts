import type { AmphoraFacts } from '../../lib/models/objects/amphora.ts';
import type { LoadBalancerTree } from '../../lib/models/objects/tree.ts';
import { type Configuration, renderConfiguration } from '../../lib/steps/amphora/configuration.ts';
import type { TlsMaterial } from '../../lib/tls/tls-material.ts';
import { aListener, aMember, aMonitor, anAmphora, aPool, aTree } from '../../test/fixtures/render/tree.ts';
import { below, figure } from '../report/figure.ts';
import { median } from '../report/statistics.ts';
import type { Section } from './section.ts';

const RUNS = 20;
const MEMBERS_OF_A_LISTENER = 10;
const THOUSAND_MEMBERS_MS = 50;

const NO_TLS: TlsMaterial = {
  files: { listeners: new Map(), pools: new Map() },
  uploads: [],
  failedListeners: new Map(),
  failedPools: new Map(),
  unread: new Map(),
};

const FACTS: AmphoraFacts = {
  haproxy_version: '2.6.12-1+deb12u1',
  cpu_count: 2,
  memory: { free: 1_000_000, buffers: 100_000, cached: 100_000 },
  active_tuned_profiles: '',
};

/** Listeners with a pool, a monitor and so many members each. */
export const treeOf = (listeners: number, membersOfEach: number): LoadBalancerTree => {
  const numbers = Array.from({ length: listeners }, (_, index) => index + 1);
  const pools = numbers.map((number) => aPool(number));
  return aTree({
    pools,
    listeners: pools.map(({ id }, index) =>
      aListener(index + 1, { default_pool_id: id, protocol_port: 80 + index, peer_port: 1025 + index }),
    ),
    health_monitors: pools.map(({ id }, index) => aMonitor(index + 1, { pool_id: id })),
    members: pools.flatMap(({ id }, index) =>
      Array.from({ length: membersOfEach }, (_, at) => aMember(index * membersOfEach + at + 1, { pool_id: id })),
    ),
    amphorae: [anAmphora()],
  });
};

const render = (tree: LoadBalancerTree) => {
  const begun = performance.now();
  const configuration: Configuration = renderConfiguration(tree, FACTS, NO_TLS);
  return { ms: performance.now() - begun, kib: Buffer.byteLength(configuration.haproxy ?? '') / 1024 };
};

const figuresFor = (name: string, tree: LoadBalancerTree, limitMs: number | null) => {
  const runs = Array.from({ length: RUNS }, () => render(tree));
  const [first] = runs;
  const note = `median of ${RUNS}; the first took ${first?.ms.toFixed(1)} ms`;
  const time = median(runs.map(({ ms }) => ms));
  return [
    figure(`${name}: rendered`, time, 'ms', { note, target: limitMs === null ? null : below(limitMs) }),
    figure(`${name}: size`, first?.kib ?? 0, 'KiB'),
  ];
};

/** Rendering alone, as every push does it. */
export const rendering: Section = {
  name: 'rendering',
  about: 'the haproxy configuration, by members and by listeners',
  run: async (_site, note) => {
    for (const members of [10, 100, 1000]) {
      const limit = members === 1000 ? THOUSAND_MEMBERS_MS : null;
      note(...figuresFor(`1 listener, ${members} members`, treeOf(1, members), limit));
    }
    for (const listeners of [1, 10, 100]) {
      const tree = treeOf(listeners, MEMBERS_OF_A_LISTENER);
      note(...figuresFor(`${listeners} listeners of ${MEMBERS_OF_A_LISTENER} members`, tree, null));
    }
  },
};
