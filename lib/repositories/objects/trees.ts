import { LBNotFound } from '../../errors/not-found.ts';
import type { ChangeState } from '../../models/objects/change.ts';
import type { ChildKind, ChildObjects } from '../../models/objects/child.ts';
import { KINDS } from '../../models/objects/kinds.ts';
import type { Member } from '../../models/objects/pool.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { amphoraRow } from '../rows/amphora.ts';
import { changeState } from '../rows/change.ts';
import { objectOfRow } from '../rows/child.ts';
import { loadBalancerRow } from '../rows/load-balancer.ts';
import { loadBalancerKey, RowType } from '../table/keys.ts';
import { queryAll } from '../table/query.ts';

export interface TreeRead {
  readonly tree: LoadBalancerTree;
  /** By object id, for everything below the load balancer that was ever changed. */
  readonly changes: ReadonlyMap<string, ChangeState>;
}

/** Of the partition of a load balancer. */
export type TreeRow = Readonly<Record<string, unknown>>;
type Row = TreeRow;

/** All rows of a partition whose sort key fulfils the condition, strongly consistent. */
const queryRows = (pk: string, condition: string, values: Row): Promise<readonly Row[]> =>
  queryAll({
    KeyConditionExpression: `pk = :pk${condition}`,
    ExpressionAttributeValues: { ':pk': pk, ...values },
    ConsistentRead: true,
  });

const MEMBERS = `${KINDS.member.row}#`;
/** Sorts right behind every member's key. */
const AFTER_MEMBERS = `${KINDS.member.row}$`;

const readRows = async (pk: string, withMembers: boolean): Promise<readonly Row[]> => {
  if (withMembers) return await queryRows(pk, '', {});
  const [before, after] = await Promise.all([
    queryRows(pk, ' AND sk < :members', { ':members': MEMBERS }),
    queryRows(pk, ' AND sk > :members', { ':members': AFTER_MEMBERS }),
  ]);
  return [...before, ...after];
};

const byType = (rows: readonly Row[]) => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const type = String(row.sk).split('#', 1)[0] ?? '';
    const group = groups.get(type);
    if (group === undefined) groups.set(type, [row]);
    else group.push(row);
  }
  return (type: RowType): readonly Row[] => groups.get(type) ?? [];
};

/** Every row of the partition of one load balancer, strongly consistent; none when there is no such load balancer. */
export const readTreeRows = (id: string): Promise<readonly TreeRow[]> => readRows(loadBalancerKey(id).pk, true);

/**
 * The partition of one load balancer. Its members, by far the most rows, can be left out.
 * @throws LBNotFound
 */
export const readTree = async (id: string, { withMembers = true } = {}): Promise<TreeRead> => {
  const read = treeOf(await readRows(loadBalancerKey(id).pk, withMembers));
  if (read === null) throw new LBNotFound(id);
  return read;
};

/** The rows of a partition as what they are; null when its load balancer is not among them. */
export const treeOf = (rows: readonly TreeRow[]): TreeRead | null => {
  const of = byType(rows);
  const [loadBalancer] = of(RowType.LOAD_BALANCER);
  if (loadBalancer === undefined) return null;
  const changes = new Map<string, ChangeState>();
  const below = <Kind extends ChildKind>(kind: Kind): readonly ChildObjects[Kind][] =>
    of(KINDS[kind].row).map((row) => {
      const object = objectOfRow(kind, row);
      changes.set(object.id, changeState.parse(row));
      return object;
    });
  return {
    tree: {
      load_balancer: loadBalancerRow.parse(loadBalancer),
      listeners: below('listener'),
      pools: below('pool'),
      members: below('member'),
      health_monitors: below('health_monitor'),
      l7_policies: below('l7_policy'),
      l7_rules: below('l7_rule'),
      amphorae: of(RowType.AMPHORA).map((row) => amphoraRow.parse(row)),
    },
    changes,
  };
};

/** The whole of one load balancer, strongly consistent. @throws LBNotFound */
export const getTree = async (id: string): Promise<LoadBalancerTree> => (await readTree(id)).tree;

/** The members of one pool, and what is known of their latest changes. */
export const readPoolMembers = async (
  loadBalancerId: string,
  poolId: string,
): Promise<{ readonly members: readonly Member[]; readonly changes: ReadonlyMap<string, ChangeState> }> => {
  const rows = await queryRows(loadBalancerKey(loadBalancerId).pk, ' AND begins_with(sk, :pool)', {
    ':pool': `${MEMBERS}${poolId}#`,
  });
  const members = rows.map((row) => objectOfRow('member', row));
  const states = rows.map((row) => changeState.parse(row));
  return {
    members,
    changes: new Map(members.flatMap(({ id }, index) => (states[index] ? [[id, states[index]] as const] : []))),
  };
};
