import type { Member, Pool } from '../../../../../../lib/models/objects/pool.ts';
import type { TreeChange } from '../../../../../../lib/models/objects/tree-change.ts';
import type { Operation } from '../../../../../../lib/models/operations/operation.ts';
import { commitChange } from '../../../../../../lib/repositories/locks/change-commits.ts';
import { findChild } from '../../../../../../lib/repositories/objects/child-reads.ts';
import { listOperations } from '../../../../../../lib/repositories/operations/operations.ts';
import { newMember, newPool } from '../../../../../fixtures/children.ts';
import { alone, asMember, shared, storedLoadBalancer } from '../../support/stored.ts';
import type { Writer } from './actors.ts';
import { runFlow } from './flow.ts';
import { type Journal, LostAnswer, retried, UPDATED } from './journal.ts';

/* Writers' requests, committed as the API does. */

/** The operation of a request, when it was committed and the answer was lost. */
const operationOf = async (loadBalancerId: string, requestId: string): Promise<Operation | undefined> =>
  (await retried(() => listOperations(loadBalancerId, 100))).find(
    ({ requester }) => requester.request_id === requestId,
  );

/** The members a writer asks something of. */
const membersOf = (pool: Pool, { members }: Writer, index: number): readonly Member[] =>
  Array.from({ length: members }, (_, at) => newMember(pool, { ip_address: `10.${index}.0.${at + 1}` }));

const planOf =
  ({ asks }: Writer, members: readonly Member[]) =>
  async (): Promise<TreeChange> => {
    if (asks === 'create') return { creates: members.map(asMember), parents: [] };
    const found = await findChild('member', String(members[0]?.id));
    if (found === null) throw new Error('the member is gone');
    return asks === 'delete' ? { deletes: [found] } : { updates: [{ ...found, changes: { weight: UPDATED } }] };
  };

export const write = async (
  id: string,
  index: number,
  { asked, members }: { readonly asked: Writer; readonly members: readonly Member[] },
  journal: Journal,
): Promise<void> => {
  const { asks } = asked;
  const requestId = `req-${index}`;
  const change = (asked.members === 1 ? shared : alone)(planOf(asked, members));
  const request = { ...change.request, requester: { ...change.request.requester, request_id: requestId } };
  for (;;) {
    try {
      const operation = await commitChange(id, { ...change, request });
      journal.accepted.push({ operationId: operation.id, asks, members });
      if (operation.status === 'COMMITTED') await runFlow(operation, asked, journal);
      return;
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      const operation = await operationOf(id, requestId);
      if (operation === undefined) continue;
      // The sweep of locks starts it.
      journal.accepted.push({ operationId: operation.id, asks, members });
      return;
    }
  }
};

/** A settled pool, with the members that writers update or delete. */
export const storedFor = async (writers: readonly Writer[]) => {
  const pools: Pool[] = [];
  const asked: { readonly asked: Writer; readonly members: readonly Member[] }[] = [];
  const { id } = await storedLoadBalancer((owner) => {
    const pool = newPool(owner);
    pools.push(pool);
    asked.push(...writers.map((one, index) => ({ asked: one, members: membersOf(pool, one, index) })));
    const present = asked.flatMap((one) => (one.asked.asks === 'create' ? [] : one.members));
    return [{ kind: 'pool', object: pool }, ...present.map(asMember)];
  });
  return { id, asked };
};
