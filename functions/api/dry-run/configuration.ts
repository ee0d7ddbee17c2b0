import type { Amphora, AmphoraFacts } from '../../../lib/models/objects/amphora.ts';
import { effectiveTree, isRejected } from '../../../lib/models/objects/effective-tree.ts';
import type { TreeRead } from '../../../lib/repositories/objects/trees.ts';
import { type Configuration, renderConfiguration } from '../../../lib/steps/amphora/configuration.ts';
import { memberSubnetIds, reachableTree } from '../../../lib/steps/network/member-networks.ts';
import { vipsOf } from '../../../lib/steps/network/plug-facts.ts';
import { presentFiles } from '../../../lib/tls/present-files.ts';
import type { LoadTlsMaterial } from '../../../lib/tls/tls-material.ts';
import { isUnchosen } from '../vip/dry-run-port.ts';
import type { AmphoraPlan } from './amphorae.ts';
import type { Projection } from './projection.ts';
import type { FileChange } from './shape.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What an amphora is taken for that has not said yet what it is. */
const NOT_THERE_YET: AmphoraFacts = {
  haproxy_version: '2.6',
  cpu_count: 1,
  memory: { free: 0, buffers: 0, cached: 0 },
  active_tuned_profiles: '',
};

type Served = Pick<Amphora, 'id' | 'facts' | 'pushed'>;

const NOTHING: Configuration = { haproxy: null, lvs: new Map(), unrenderable: [] };

/** An address that Neutron has still to choose is shown by its subnet. */
const withPlaceholders = (text: string, { tree: { load_balancer } }: TreeRead): string =>
  vipsOf(load_balancer)
    .filter(({ ip_address }) => isUnchosen(ip_address))
    .reduce((done, { ip_address, subnet_id }) => done.replaceAll(ip_address, `<address on ${subnet_id}>`), text);

/** Every file by its name. Of secrets it has only names of files. */
const filesOf = ({ haproxy, lvs }: Configuration, read: TreeRead | null): ReadonlyMap<string, string> => {
  const shown = (text: string) => (read === null ? text : withPlaceholders(text, read));
  return new Map([
    ...(haproxy === null ? [] : [['haproxy.cfg', shown(haproxy)] as const]),
    ...[...lvs].map(([listenerId, text]) => [`keepalivedlvs-${listenerId}.conf`, shown(text)] as const),
  ]);
};

/** As ListenersUpdate renders it, with every member's network plugged. */
const rendered = async (read: TreeRead, amphora: Served, loadTls: LoadTlsMaterial): Promise<Configuration> => {
  const wanted = effectiveTree(read.tree, read.changes);
  const reachable = reachableTree(wanted, memberSubnetIds(wanted));
  const tls = await loadTls(reachable, presentFiles(amphora.pushed?.files, read.changes, isRejected));
  return renderConfiguration(reachable, amphora.facts ?? NOT_THERE_YET, tls);
};

/**
 * What would change in the configuration of each amphora. One that would be built has nothing before; one that would be
 * deleted takes its configuration with it, and is not shown here.
 */
export const configurationChanges = async (
  { operation, before, after }: Projection,
  { comes, stays }: AmphoraPlan,
  loadTls: LoadTlsMaterial,
): Promise<readonly FileChange[]> => {
  if (operation === null || after === null) return [];
  const changesOf = async (amphora: Served, isNew: boolean): Promise<readonly FileChange[]> => {
    const from = isNew || before === null ? NOTHING : await rendered(before, amphora, loadTls);
    const [is, becomes] = [filesOf(from, before), filesOf(await rendered(after, amphora, loadTls), after)];
    return [...new Set([...is.keys(), ...becomes.keys()])].flatMap((file): readonly FileChange[] => {
      const diff = unifiedDiff(file, is.get(file) ?? null, becomes.get(file) ?? null);
      return diff === '' ? [] : [{ amphora_id: amphora.id, file, diff }];
    });
  };
  const all = [
    ...comes.map(({ id, spare }) => ({ amphora: { id, facts: spare?.facts }, isNew: true })),
    ...stays.map((amphora) => ({ amphora, isNew: false })),
  ];
  return (await Promise.all(all.map(({ amphora, isNew }) => changesOf(amphora, isNew)))).flat();
};
