import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { aListener, aMember, aMonitor, anAmphora, aPolicy, aPool, aRule, aTree } from '../../fixtures/render/tree.ts';
import type { Difference } from './compare.ts';
import type { Case } from './trees/cases.ts';

/** An object without what every object of its kind has. */
const unusual = (object: object, usual: object): object => {
  const known = new Map(Object.entries(usual));
  return Object.fromEntries(
    Object.entries(object).filter(
      ([key, value]) => key === 'id' || JSON.stringify(value) !== JSON.stringify(known.get(key)),
    ),
  );
};

const linesOf = (kind: string, objects: readonly object[], usual: object): readonly string[] =>
  objects.map((object) => `  ${kind} ${JSON.stringify(unusual(object, usual))}`);

/** A tree as a developer reads it: one object a line, without its defaults. */
export const shownTree = (tree: LoadBalancerTree): string =>
  [
    ...linesOf('load balancer', [tree.load_balancer], aTree().load_balancer),
    ...linesOf('amphora', tree.amphorae, anAmphora()),
    ...linesOf('listener', tree.listeners, aListener()),
    ...linesOf('pool', tree.pools, aPool()),
    ...linesOf('member', tree.members, aMember()),
    ...linesOf('health monitor', tree.health_monitors, aMonitor()),
    ...linesOf('L7 policy', tree.l7_policies, aPolicy()),
    ...linesOf('L7 rule', tree.l7_rules, aRule()),
  ].join('\n');

export const shownCase = ({ kind, tree, haproxyVersion, options, details, vips }: Case): string =>
  [
    `${kind}, haproxy ${haproxyVersion}`,
    `  options ${JSON.stringify(options)} ${JSON.stringify(details)}`,
    shownTree(tree),
    ...linesOf('VIP', vips, {}),
  ].join('\n');

export const shownDifference = ({ statement, ours, upstream }: Difference): string =>
  `  ${statement}\n    ours     ${ours ?? 'nothing'}\n    upstream ${upstream ?? 'nothing'}`;
