import { isA, lbRows } from './load-balancers.ts';
import type { Row, World } from './world.ts';

/** What an accepted request wants of one object, for as long as nothing newer is asked of it. */
export interface Wish {
  /** The address of a member; null: the load balancer itself. */
  readonly member: string | null;
  /** Attributes of its row that it is to have; null: it is to be deleted. */
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

/** How far what was accepted must have come. */
export type Outcome = 'failed' | 'succeeded';

const rowOf = (rows: readonly Row[], { member }: Wish): Row | undefined =>
  rows.find((row) => (member === null ? row.sk === 'LB' : isA(row, 'MEMBER') && row.ip_address === member));

const problemOf = (rows: readonly Row[], wish: Wish, outcome: Outcome): readonly string[] => {
  const row = rowOf(rows, wish);
  const status = row === undefined || row.provisioning_status === 'DELETED' ? 'GONE' : String(row.provisioning_status);
  const allowed = [wish.attributes === null ? 'GONE' : 'ACTIVE', ...(outcome === 'failed' ? ['ERROR'] : [])];
  const name = wish.member === null ? 'the load balancer' : `member ${wish.member}`;
  const asked = wish.attributes === null ? 'deletion' : 'change';
  const different = Object.entries(wish.attributes ?? {}).filter(([key, value]) => row?.[key] !== value);
  return [
    ...(allowed.includes(status) ? [] : [`after its accepted ${asked} ${outcome}, ${name} is ${status}`]),
    ...different.map(([key, value]) => `${name} has ${key} ${row?.[key]}, and ${value} was accepted`),
  ];
};

/**
 * What is not as accepted requests want it, once settled.
 * @param outcome failed: what was not done is in ERROR; succeeded: also after a later success, all of it is done
 */
export const unkept = async (
  world: World,
  id: string,
  wishes: readonly Wish[],
  outcome: Outcome,
): Promise<readonly string[]> => {
  const rows = await lbRows(world, id);
  return wishes.flatMap((wish) => problemOf(rows, wish, outcome));
};
