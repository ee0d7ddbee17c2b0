import { renderHaproxy } from '../../../lib/amphora/render/haproxy/render-haproxy.ts';
import { renderLvs } from '../../../lib/amphora/render/keepalived/render-lvs.ts';
import { renderVrrp } from '../../../lib/amphora/render/keepalived/render-vrrp.ts';
import { haproxyMeaning } from './haproxy-meaning.ts';
import { keepalivedMeaning } from './keepalived-meaning.ts';
import { asHaproxyInput, type Case } from './trees/cases.ts';

/** One statement that only one side makes, or both make differently. */
export interface Difference {
  readonly statement: string;
  /** null where a side does not make it. */
  readonly ours: string | null;
  readonly upstream: string | null;
}

/** The text of this project's renderers, with the lists of the tree turned: their order must not count. */
export const renderOurs = (asked: Case): string => {
  const { tree } = asked;
  const turned: Case = {
    ...asked,
    tree: {
      ...tree,
      listeners: tree.listeners.toReversed(),
      pools: tree.pools.toReversed(),
      members: tree.members.toReversed(),
      health_monitors: tree.health_monitors.toReversed(),
      l7_policies: tree.l7_policies.toReversed(),
      l7_rules: tree.l7_rules.toReversed(),
      amphorae: tree.amphorae.toReversed(),
    },
  };
  const options = { basePath: asked.options.basePath };
  if (asked.kind === 'haproxy') return renderHaproxy(asHaproxyInput(turned));
  if (asked.kind === 'lvs') return renderLvs({ tree: turned.tree, listenerId: asked.listenerId, options });
  const amphora = tree.amphorae.find(({ id }) => id === asked.amphoraId);
  if (amphora === undefined) throw new Error(`the case has no amphora ${asked.amphoraId}`);
  return renderVrrp({
    loadBalancer: tree.load_balancer,
    amphora,
    amphorae: turned.tree.amphorae,
    vips: asked.vips,
    options,
  });
};

const isModern = (haproxyVersion: string): boolean => {
  const [major = 0, minor = 0] = haproxyVersion.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 2);
};

/** Everything in which two texts of a case mean something else. */
export const differencesOf = (
  { kind, haproxyVersion }: Pick<Case, 'kind' | 'haproxyVersion'>,
  ours: string,
  upstream: string,
): readonly Difference[] => {
  const read = (text: string) =>
    kind === 'haproxy' ? haproxyMeaning(text, isModern(haproxyVersion)) : keepalivedMeaning(text);
  const [mine, theirs] = [read(ours), read(upstream)];
  return [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((statement) => {
    const difference = { statement, ours: mine.get(statement) ?? null, upstream: theirs.get(statement) ?? null };
    return difference.ours === difference.upstream ? [] : [difference];
  });
};
