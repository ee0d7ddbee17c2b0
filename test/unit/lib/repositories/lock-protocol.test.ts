import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import type { FlowInput, Operation } from '../../../../lib/models/operation.ts';
import type { Member, Pool } from '../../../../lib/models/pool.ts';
import { commitChange } from '../../../../lib/repositories/change-commits.ts';
import { closeForSettling, failRows, settleRows } from '../../../../lib/repositories/change-settlements.ts';
import { updateLoadBalancer } from '../../../../lib/repositories/load-balancer-changes.ts';
import { getLoadBalancer } from '../../../../lib/repositories/load-balancers.ts';
import { getOperation } from '../../../../lib/repositories/operations.ts';
import { beginRollback, settle } from '../../../../lib/repositories/settlements.ts';
import { unstageRows } from '../../../../lib/repositories/staged-rows.ts';
import { getTree, readTree } from '../../../../lib/repositories/trees.ts';
import { newMember } from '../../../fixtures/children.ts';
import { useTable } from '../../../helpers/table.ts';
import { interceptRequests } from './support/requests.ts';
import { alone, asMember, ended, flowOf, shared, storedPool } from './support/stored.ts';

/*
 * Writers, flows, flows that fail, and zombies that repeat a flow's steps under its old fence, in every order that the
 * requests they send to the table can come in.
 */

beforeAll(useTable);

let stop: (() => void) | undefined;
afterEach(() => {
  stop?.();
  vi.restoreAllMocks();
});

/** As many orders as fit; more of them with `LOCK_SCHEDULES_MS=60000 npx vitest run lock-protocol`. */
const LIMIT_MS = Number(process.env.LOCK_SCHEDULES_MS ?? 2_000);

/** So many rows are laid aside before their commit. */
const STAGED_SIZE = 41;

interface Writer {
  readonly members: 1 | typeof STAGED_SIZE;
  /** Its own execution, should it come to one, fails after so many steps; null: it does not. */
  readonly failsAfter: number | null;
  /** And so many of its steps are repeated by a zombie. */
  readonly zombieSteps: number;
}

const writers: fc.Arbitrary<readonly Writer[]> = fc.array(
  fc.record({
    members: fc.oneof({ weight: 2, arbitrary: fc.constant(1 as const) }, fc.constant(STAGED_SIZE)),
    failsAfter: fc.option(fc.nat(3)),
    zombieSteps: fc.nat(4),
  }),
  { minLength: 2, maxLength: 3 },
);

/** What happened, in the order in which the table accepted it. */
interface Journal {
  readonly fences: number[];
  readonly pushed: Set<string>;
  readonly accepted: { readonly operation: Operation; readonly members: readonly Member[] }[];
}

/** A write that only the holder of the lock can do; leaves its fence in the journal. */
const mark = async (flow: FlowInput, journal: Journal): Promise<void> => {
  await updateLoadBalancer(flow, { ingress_checksum: `${flow.fence}` });
  journal.fences.push(flow.fence);
};

/** The steps of apply-changes up to the settling; each round reads the tree it would push. */
const apply = async (flow: FlowInput, journal: Journal, steps: number): Promise<void> => {
  const id = String(flow.loadbalancer_id);
  for (let left = steps; left > 0; left -= 1) {
    await unstageRows(flow);
    const { generation } = await getLoadBalancer(id);
    const { tree } = await readTree(id);
    await mark(flow, journal);
    for (const { id: memberId } of tree.members) journal.pushed.add(memberId);
    if (!(await closeForSettling(flow, generation))) continue;
    await settleRows(flow, await readTree(id));
    await settle(flow, ended);
    return;
  }
};

const undo = async (flow: FlowInput, journal: Journal): Promise<void> => {
  const fence = await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
  const undone = { ...flow, fence };
  await unstageRows(undone);
  await mark(undone, journal);
  await failRows(undone, await readTree(String(flow.loadbalancer_id)));
  await settle(undone, { ...ended, outcome: 'FAILED' });
};

const unlessSuperseded = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OperationSuperseded)) throw error;
  }
};

const ROUNDS = 20;

const runFlow = async (operation: Operation, writer: Writer, journal: Journal): Promise<void> => {
  const flow = flowOf(operation);
  const zombie = unlessSuperseded(apply(flow, journal, writer.zombieSteps));
  if (writer.failsAfter !== null) {
    await unlessSuperseded(apply(flow, journal, writer.failsAfter));
    await unlessSuperseded(undo(flow, journal));
  } else {
    await unlessSuperseded(apply(flow, journal, ROUNDS));
  }
  await zombie;
};

const write = async (pool: Pool, index: number, writer: Writer, journal: Journal): Promise<void> => {
  const members = Array.from({ length: writer.members }, (_, at) =>
    newMember(pool, { ip_address: `10.${index}.0.${at + 1}` }),
  );
  const plan = { creates: members.map(asMember), parents: [] };
  const operation = await commitChange(
    pool.load_balancer_id,
    (writer.members === 1 ? shared : alone)(() => plan),
  );
  journal.accepted.push({ operation, members });
  if (operation.status === 'COMMITTED') await runFlow(operation, writer, journal);
};

const checkRest = async (id: string, journal: Journal): Promise<void> => {
  const tree = await getTree(id);
  expect(tree.load_balancer).toMatchObject({
    lock: null,
    provisioning_status: 'ACTIVE',
    staged_operation_id: null,
  });
  expect(JSON.stringify(tree)).not.toContain('PENDING');
  const byId = new Map(tree.members.map((member) => [member.id, member.provisioning_status]));
  for (const { operation, members } of journal.accepted) {
    const { status, ended_at } = await getOperation(operation.id);
    expect(ended_at).not.toBeNull();
    for (const { id: memberId } of members) {
      const now = byId.get(memberId);
      expect(now).toBeDefined();
      if (status === 'SUCCEEDED') expect(now).toBe('ACTIVE');
      if (now === 'ACTIVE') expect(journal.pushed).toContain(memberId);
    }
  }
};

/** Sends each request when the schedule says so, and none before the one before it was answered. */
const inTurn = (scheduler: fc.Scheduler) => async (input: string, send: () => Promise<void>) => {
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
};

describe('the lock, in any order of requests', () => {
  it(
    'admits one fence at a time, loses no accepted change, and leaves nothing PENDING',
    async () => {
      // Pauses then only give way, so that the schedule alone decides.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      const deadline = Date.now() + LIMIT_MS;
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), writers, async (scheduler, asked) => {
          if (Date.now() > deadline) return;
          const { id, pool } = await storedPool();
          const journal: Journal = { fences: [], pushed: new Set(), accepted: [] };
          stop = interceptRequests(inTurn(scheduler));
          try {
            await scheduler.waitFor(Promise.all(asked.map((writer, index) => write(pool, index, writer, journal))));
          } finally {
            stop();
          }
          expect(journal.accepted).toHaveLength(asked.length);
          expect(journal.fences).toEqual(journal.fences.toSorted((a, b) => a - b));
          await checkRest(id, journal);
        }),
        { numRuns: 1_000 },
      );
    },
    LIMIT_MS + 20_000,
  );
});
