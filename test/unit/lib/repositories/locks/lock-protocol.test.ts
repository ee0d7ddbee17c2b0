import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import { giveUp, isGivenUp } from '../../../../../lib/executions/recovery.ts';
import { effectiveTree } from '../../../../../lib/models/objects/effective-tree.ts';
import type { Member, Pool } from '../../../../../lib/models/objects/pool.ts';
import type { TreeChange } from '../../../../../lib/models/objects/tree-change.ts';
import type { FlowInput, Operation } from '../../../../../lib/models/operations/operation.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, failRows, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { RECOVERIES, takeOverLock } from '../../../../../lib/repositories/locks/lost-locks.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { findChild } from '../../../../../lib/repositories/objects/child-reads.ts';
import { updateLoadBalancer } from '../../../../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { unstageRows } from '../../../../../lib/repositories/objects/staged-rows.ts';
import { getTree, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import {
  getFlowOperation,
  getOperation,
  getOwnRecord,
  listOperations,
} from '../../../../../lib/repositories/operations/operations.ts';
import { loadBalancerKey } from '../../../../../lib/repositories/table/keys.ts';
import { logger } from '../../../../../lib/tools/logger.ts';
import { newMember, newPool } from '../../../../fixtures/children.ts';
import { useTable } from '../../../../helpers/table.ts';
import { interceptRequests } from '../support/requests.ts';
import { alone, asMember, ended, flowOf, shared, storedLoadBalancer } from '../support/stored.ts';

/*
 * Writers that create, update and delete, flows that come to their end, fail or lose their execution, zombies and second
 * deliveries that repeat a flow's steps under its old fence, sweeps that carry on or give up, redrives, and answers that get
 * lost after the write: in every order that the requests they send to the table can come in.
 */

beforeAll(useTable);
beforeAll(() => {
  logger.setLogLevel('SILENT');
});

let stop: (() => void) | undefined;
afterEach(() => {
  stop?.();
  vi.restoreAllMocks();
});

/** As many orders as fit; more of them with `LOCK_SCHEDULES_MS=60000 npx vitest run lock-protocol`. */
const LIMIT_MS = Number(process.env.LOCK_SCHEDULES_MS ?? 2_000);

/** So many rows are laid aside before their commit. */
const STAGED_SIZE = 41;

/** A request of the API, and what becomes of its own execution, should it come to one. */
interface Writer {
  readonly kind: 'writer';
  /** Of members of its own: so many new ones, or one that is there. */
  readonly asks: 'create' | 'update' | 'delete';
  readonly members: 1 | typeof STAGED_SIZE;
  /** It fails after so many rounds; null: it does not. */
  readonly failsAfter: number | null;
  /** It is lost after so many tasks, in its rollback too; null: it is not. */
  readonly lostAfter: number | null;
  /** So many of its rounds are repeated by a zombie. */
  readonly zombieRounds: number;
}

/** Looks so often for a lock whose execution does not run, and carries it on; an operator also stops one that runs. */
interface Recoverer {
  readonly kind: 'sweep' | 'redrive';
  readonly looks: number;
}

const creation = {
  asks: fc.constant('create' as const),
  members: fc.oneof({ weight: 2, arbitrary: fc.constant(1 as const) }, fc.constant(STAGED_SIZE)),
};
const otherChange = { asks: fc.constantFrom('update' as const, 'delete' as const), members: fc.constant(1 as const) };
const fate = {
  kind: fc.constant('writer' as const),
  failsAfter: fc.option(fc.nat(3)),
  lostAfter: fc.option(fc.nat(6)),
  zombieRounds: fc.nat(3),
};
const writer: fc.Arbitrary<Writer> = fc.oneof(
  fc.record({ ...creation, ...fate }),
  fc.record({ ...otherChange, ...fate }),
);

const recoverer: fc.Arbitrary<Recoverer> = fc.record({
  kind: fc.constantFrom('sweep' as const, 'redrive' as const),
  looks: fc.integer({ min: 1, max: 3 }),
});

/** One answer of forty is lost. */
const answers = fc.infiniteStream(fc.nat(39));

const losses = fc.constantFrom(0 as const, RECOVERIES);

/** Two to five, writers first. */
const actors = fc
  .tuple(fc.array(writer, { minLength: 1, maxLength: 3 }), fc.array(recoverer, { maxLength: 2 }))
  .filter(([writers, recoverers]) => writers.length + recoverers.length > 1);

/** What happened, in the order in which the table accepted it. */
interface Journal {
  readonly fences: number[];
  /** Members with their weight, as an amphora was given them, and `no` with an id for each it was given no more. */
  readonly pushed: Set<string>;
  readonly accepted: {
    readonly operationId: string;
    readonly asks: Writer['asks'];
    readonly members: readonly Member[];
  }[];
  /** Operations whose execution runs. */
  readonly running: Set<string>;
  /** Losses that an operation has had before; with RECOVERIES of them the next one gives it up. */
  readonly losses: 0 | typeof RECOVERIES;
}

/** The weight that updates ask for. */
const UPDATED = 7;
const line = ({ id, weight }: Member): string => `${id} ${weight}`;

class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}

/** An execution that has ended begins no further task. */
class ExecutionEnded extends Error {
  override readonly name = 'ExecutionEnded';
}

const quietly = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OperationSuperseded || error instanceof ExecutionEnded)) throw error;
  }
};

const TRIES = 4;

/** A task as the engine runs it: again when its answer is lost, unless it had closed the operation. */
const task = async <T>(flow: FlowInput, settled: T, work: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LostAnswer) || attempt === TRIES) throw error;
      if ((await retried(() => getFlowOperation(flow))).ended_at !== null) return settled;
    }
  }
};

/** A look at the table, as often as it takes. */
const retried = async <T>(look: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
    }
  }
};

/** A write that only the holder of the lock can do; leaves its fence in the journal. */
const mark = async (flow: FlowInput, journal: Journal): Promise<void> => {
  await updateLoadBalancer(flow, { ingress_checksum: `${flow.fence}` });
  journal.fences.push(flow.fence);
};

/** The tasks of apply-changes up to the settling; each round reads the tree it would push. */
const apply = async (flow: FlowInput, journal: Journal, rounds: number, begin: () => void): Promise<void> => {
  const id = String(flow.loadbalancer_id);
  for (let left = rounds; left > 0; left -= 1) {
    begin();
    const generation = await task(flow, 0, async () => {
      await unstageRows(flow);
      return (await getLoadBalancer(id)).generation;
    });
    begin();
    await task(flow, undefined, async () => {
      const { tree, changes } = await readTree(id);
      await mark(flow, journal);
      const { members } = effectiveTree(tree, changes);
      const served = new Set(members.map((member) => member.id));
      for (const member of members) journal.pushed.add(line(member));
      for (const member of tree.members) if (!served.has(member.id)) journal.pushed.add(`no ${member.id}`);
    });
    begin();
    const settled = await task(flow, true, async () => {
      if (!(await closeForSettling(flow, generation))) return false;
      await settleRows(flow, await readTree(id));
      await settle(flow, ended);
      return true;
    });
    if (settled) return;
  }
};

const undo = async (flow: FlowInput, journal: Journal, begin: () => void): Promise<void> => {
  begin();
  const fence = await task(flow, flow.fence, () => beginRollback(flow, { errorName: 'Oops', errorMessage: '' }));
  const undone = { ...flow, fence };
  begin();
  await task(undone, undefined, async () => {
    await unstageRows(undone);
    await mark(undone, journal);
    await failRows(undone, await readTree(String(flow.loadbalancer_id)));
    await settle(undone, { ...ended, outcome: 'FAILED' });
  });
};

const ROUNDS = 20;

type Fate = Pick<Writer, 'failsAfter' | 'lostAfter' | 'zombieRounds'>;
const NO_TROUBLE: Fate = { failsAfter: null, lostAfter: null, zombieRounds: 0 };

const runFlow = async (operation: Operation, fate: Fate, journal: Journal): Promise<void> => {
  if (journal.running.has(operation.id)) return;
  journal.running.add(operation.id);
  const flow = flowOf(operation);
  let begun = 0;
  const begin = (): void => {
    if (begun === fate.lostAfter) journal.running.delete(operation.id);
    begun += 1;
    if (!journal.running.has(operation.id)) throw new ExecutionEnded();
  };
  const zombie = quietly(apply(flow, journal, fate.zombieRounds, () => {}));
  await quietly(apply(flow, journal, fate.failsAfter ?? ROUNDS, begin));
  if (fate.failsAfter !== null) await quietly(undo(flow, journal, begin));
  journal.running.delete(operation.id);
  await zombie;
};

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

const write = async (
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

/** A sweep that gives an operation up, and may die of a lost answer. */
const endGivenUp = async (operation: Operation): Promise<void> => {
  try {
    await giveUp(operation);
  } catch (error) {
    if (!(error instanceof LostAnswer)) throw error;
  }
};

/** One look at the lock, as recovery.ts does. */
const recover = async (id: string, force: boolean, journal: Journal): Promise<void> => {
  const { lock } = await retried(() => getLoadBalancer(id));
  if (lock === null) return;
  const holder = await retried(() => getOwnRecord(lock.operation_id));
  if (journal.running.has(holder.id)) {
    if (!force) return;
    journal.running.delete(holder.id);
  } else if (holder.status === 'COMMITTED') {
    await runFlow(holder, NO_TROUBLE, journal);
    return;
  }
  if (isGivenUp(holder) && !force) {
    await endGivenUp(holder);
    return;
  }
  const seen = { key: loadBalancerKey(id), operationId: holder.id, fence: lock.fence };
  const reason = { errorName: 'ExecutionLost', errorMessage: '' };
  // When the answer is lost the next look finds an operation that has not been started.
  const operation = await takeOverLock(seen, { ...holder, recoveries: force ? 0 : journal.losses }, reason).catch(
    (error: unknown) => {
      if (error instanceof LostAnswer) return null;
      throw error;
    },
  );
  if (operation === null) return;
  if (isGivenUp(operation)) await endGivenUp(operation);
  else await runFlow(operation, NO_TROUBLE, journal);
};

const lookAfter = async (id: string, { kind, looks }: Recoverer, journal: Journal): Promise<void> => {
  for (let left = looks; left > 0; left -= 1) await recover(id, kind === 'redrive', journal);
};

/** What the sweeps of the following minutes do. */
const sweepUntilRest = async (id: string, journal: Journal): Promise<void> => {
  for (let left = 10; left > 0 && (await getLoadBalancer(id)).lock !== null; left -= 1) {
    await recover(id, false, journal);
  }
};

const checkRest = async (id: string, journal: Journal): Promise<void> => {
  const tree = await getTree(id);
  expect(tree.load_balancer).toMatchObject({
    lock: null,
    provisioning_status: 'ACTIVE',
    staged_operation_id: null,
  });
  expect(JSON.stringify(tree)).not.toContain('PENDING');
  const byId = new Map(tree.members.map((member) => [member.id, member]));
  for (const { operationId, asks, members } of journal.accepted) {
    const { status, ended_at } = await getOperation(operationId);
    expect(ended_at).not.toBeNull();
    for (const { id: memberId, weight } of members) {
      const now = byId.get(memberId);
      if (asks === 'delete') {
        expect(now?.provisioning_status).toBe(status === 'SUCCEEDED' ? undefined : now && 'ERROR');
        if (now === undefined) expect(journal.pushed).toContain(`no ${memberId}`);
        continue;
      }
      expect(now?.weight).toBe(asks === 'update' ? UPDATED : weight);
      expect(now?.provisioning_status).toBe(status === 'SUCCEEDED' ? 'ACTIVE' : (now?.provisioning_status ?? 'there'));
      if (now?.provisioning_status === 'ACTIVE') expect(journal.pushed).toContain(line(now));
    }
  }
};

/** What failed comes with the next success, whatever was wanted. */
const checkNextSuccess = async (id: string, journal: Journal): Promise<void> => {
  const operation = await commitChange(
    id,
    shared(() => ({})),
  );
  await runFlow(operation, NO_TROUBLE, journal);
  await checkRest(id, journal);
  const { members } = await getTree(id);
  expect(new Set(members.map(({ provisioning_status }) => provisioning_status))).not.toContain('ERROR');
  const deleted = journal.accepted.flatMap((one) => (one.asks === 'delete' ? one.members : []));
  const ids = members.map((member) => member.id);
  for (const member of deleted) expect(ids).not.toContain(member.id);
};

/** A settled pool, with the members that writers update or delete. */
const storedFor = async (writers: readonly Writer[]) => {
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

/** Sends each request when the schedule says so, and none before the one before it was answered; loses some answers. */
const inTurn =
  (scheduler: fc.Scheduler, lost: fc.Stream<number>) => async (input: string, send: () => Promise<void>) => {
    const refusals: unknown[] = [];
    const builder = async () => {
      try {
        await send();
      } catch (error) {
        refusals.push(error);
      }
    };
    await scheduler.scheduleSequence([{ builder, label: input.slice(0, 200) }]).task;
    if (refusals.length > 0) throw refusals[0];
    if (lost.next().value === 0) throw new LostAnswer();
  };

describe('the lock, in any order of requests', () => {
  it(
    'admits one fence at a time, keeps every accepted change, and leaves nothing PENDING',
    async () => {
      // Pauses then only give way, so that the schedule alone decides.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      const deadline = Date.now() + LIMIT_MS;
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          actors,
          answers,
          losses,
          async (scheduler, [writers, recoverers], lost, before) => {
            if (Date.now() > deadline) return;
            const { id, asked } = await storedFor(writers);
            const journal: Journal = {
              fences: [],
              pushed: new Set(),
              accepted: [],
              running: new Set(),
              losses: before,
            };
            stop = interceptRequests(inTurn(scheduler, lost));
            try {
              const work = [
                ...asked.map((one, index) => write(id, index, one, journal)),
                ...recoverers.map((recoverer) => lookAfter(id, recoverer, journal)),
              ];
              // A sweep of locks always runs: a writer may wait for a lost one.
              let over = false;
              const done = Promise.all(work).finally(() => {
                over = true;
              });
              const sweep = async (): Promise<void> => {
                while (!over) await recover(id, false, journal);
              };
              await scheduler.waitFor(Promise.all([done, sweep()]));
            } finally {
              stop();
            }
            await sweepUntilRest(id, journal);
            expect(journal.accepted).toHaveLength(writers.length);
            expect(journal.fences).toEqual(journal.fences.toSorted((a, b) => a - b));
            await checkRest(id, journal);
            await checkNextSuccess(id, journal);
          },
        ),
        { numRuns: 1_000 },
      );
    },
    LIMIT_MS + 20_000,
  );
});
