import { giveUp, isGivenUp } from '../../../../../../lib/executions/recovery.ts';
import type { Operation } from '../../../../../../lib/models/operations/operation.ts';
import { takeOverLock } from '../../../../../../lib/repositories/locks/lost-locks.ts';
import { getLoadBalancer } from '../../../../../../lib/repositories/objects/load-balancers.ts';
import { getOwnRecord } from '../../../../../../lib/repositories/operations/operations.ts';
import { loadBalancerKey } from '../../../../../../lib/repositories/table/keys.ts';
import type { Recoverer } from './actors.ts';
import { NO_TROUBLE, runFlow } from './flow.ts';
import { type Journal, LostAnswer, retried } from './journal.ts';

/* Sweeps and redrives of a lock that lost its execution. */

/** A sweep that gives an operation up, and may die of a lost answer. */
const endGivenUp = async (operation: Operation): Promise<void> => {
  try {
    await giveUp(operation);
  } catch (error) {
    if (!(error instanceof LostAnswer)) throw error;
  }
};

/** One look at the lock, as recovery.ts does. */
export const recover = async (id: string, force: boolean, journal: Journal): Promise<void> => {
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

export const lookAfter = async (id: string, { kind, looks }: Recoverer, journal: Journal): Promise<void> => {
  for (let left = looks; left > 0; left -= 1) await recover(id, kind === 'redrive', journal);
};

/** What the sweeps of the following minutes do. */
export const sweepUntilRest = async (id: string, journal: Journal): Promise<void> => {
  for (let left = 10; left > 0 && (await getLoadBalancer(id)).lock !== null; left -= 1) {
    await recover(id, false, journal);
  }
};
