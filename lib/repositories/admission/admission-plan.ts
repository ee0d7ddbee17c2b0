import { decide, type QueuePosition } from '../../models/operations/admission-queue.ts';
import type { Contender } from '../../models/operations/limits.ts';
import { type Operation, OperationStatus } from '../../models/operations/operation.ts';
import { limitConfig } from '../../settings/config.ts';
import { type Admissions, type ContenderRow, isLimited, ownerOf, readAdmissions } from './admissions.ts';

/** The operations to admit, and the holders' rows to remove. */
export interface AdmissionPlan {
  readonly admitted: readonly ContenderRow[];
  readonly gone: readonly ContenderRow[];
}

const rowsOf = (contenders: readonly Contender[], rows: readonly ContenderRow[]): readonly ContenderRow[] => {
  const ids = new Set(contenders.map(({ operation_id }) => operation_id));
  return rows.filter(({ operation_id }) => ids.has(operation_id));
};

/** Decides by what was read. The holders' records are read only when an operation would have to wait. */
export const planAdmission = async ({ holders, waiting }: Admissions): Promise<AdmissionPlan> => {
  const limits = limitConfig();
  const unverified = decide(limits, holders, waiting, Date.now());
  if (unverified.positions.size === 0) return { admitted: waiting, gone: [] };

  const owners = await Promise.all(holders.map(ownerOf));
  const held = new Set(holders.map(({ operation_id }) => operation_id));
  const living: ContenderRow[] = [];
  const replaced: ContenderRow[] = [];
  const atRest: ContenderRow[] = [];
  const successors: ContenderRow[] = [];
  for (const [index, holder] of holders.entries()) {
    const owner = owners[index] ?? null;
    const successor = waiting.find(({ operation_id }) => operation_id === owner);
    if (owner === null || (owner !== holder.operation_id && held.has(owner))) atRest.push(holder);
    else if (successor === undefined) living.push(holder);
    else {
      replaced.push(holder);
      if (!successors.includes(successor)) successors.push(successor);
    }
  }
  const others = waiting.filter((row) => !successors.includes(row));
  const { admitted } = decide(limits, [...living, ...successors], others, Date.now());
  return { admitted: [...successors, ...rowsOf(admitted, others)], gone: [...replaced, ...atRest] };
};

/** Where the operation waits, or null when it does not. Settled holders that are not yet noticed count here. */
export const findQueuePosition = async (operation: Operation): Promise<QueuePosition | null> => {
  if (operation.status !== OperationStatus.COMMITTED || !isLimited(operation)) return null;
  const { holders, waiting } = await readAdmissions();
  return decide(limitConfig(), holders, waiting, Date.now()).positions.get(operation.id) ?? null;
};
