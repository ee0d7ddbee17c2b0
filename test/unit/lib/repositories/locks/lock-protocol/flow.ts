import { OperationSuperseded } from '../../../../../../lib/errors/flow.ts';
import { effectiveTree } from '../../../../../../lib/models/objects/effective-tree.ts';
import type { FlowInput, Operation } from '../../../../../../lib/models/operations/operation.ts';
import { closeForSettling, failRows, settleRows } from '../../../../../../lib/repositories/locks/change-settlements.ts';
import { beginRollback, settle } from '../../../../../../lib/repositories/locks/settlements.ts';
import { updateLoadBalancer } from '../../../../../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../../../../../lib/repositories/objects/load-balancers.ts';
import { unstageRows } from '../../../../../../lib/repositories/objects/staged-rows.ts';
import { readTree } from '../../../../../../lib/repositories/objects/trees.ts';
import { getFlowOperation } from '../../../../../../lib/repositories/operations/operations.ts';
import { ended, flowOf } from '../../support/stored.ts';
import type { Writer } from './actors.ts';
import { type Journal, LostAnswer, line, retried } from './journal.ts';

/* The tasks of apply-changes, run on the repositories: to the end, into failure, or lost on the way, with a zombie beside. */

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
export const NO_TROUBLE: Fate = { failsAfter: null, lostAfter: null, zombieRounds: 0 };

export const runFlow = async (operation: Operation, fate: Fate, journal: Journal): Promise<void> => {
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
