import { OperationSuperseded } from '../../errors/flow.ts';
import type { TreeChange } from '../../models/objects/tree-change.ts';
import type { Operation } from '../../models/operations/operation.ts';
import { logger } from '../../tools/logger.ts';
import { changeItems, changeRows, touchParent } from '../objects/children.ts';
import { jsonBytes, stageRows, unstageRows } from '../objects/staged-rows.ts';
import type { TransactItem } from '../table/transact.ts';

/** The change is committed, and its rows as good as written: its runner writes them out if this fails. */
export const writeOut = async (operation: Operation): Promise<void> => {
  try {
    await unstageRows({ ...operation, operation_id: operation.joined_to ?? operation.id });
  } catch (error) {
    if (error instanceof OperationSuperseded) return;
    logger.warn('writing staged rows failed; the flow writes them', {
      operation_id: operation.id,
      error: String(error),
    });
  }
};

/** Items of a transaction that are left for a change's own rows. */
const ROWS_IN_COMMIT = 80;
/** Bytes likewise: a transaction may have 4 MB. */
const BYTES_IN_COMMIT = 3_000_000;

interface PreparedRows {
  readonly items: readonly TransactItem[];
  readonly staged: boolean;
  /** True: nothing in the items refuses a change of other rows that the plan was made from. */
  readonly exclusive: boolean;
}

const fit = (items: readonly TransactItem[]): boolean =>
  items.length <= ROWS_IN_COMMIT && jsonBytes(items) <= BYTES_IN_COMMIT;

/**
 * The change's rows as part of its commit; too many of them are laid aside before. Parents that do not fit as well (a pool may have any
 * number of listeners) stay as they are: only the load balancer is PENDING_UPDATE then.
 * @throws ObjectTooLargeError
 */
export const prepareRows = async (change: TreeChange, operationId: string): Promise<PreparedRows> => {
  const parents = (change.parents ?? []).map((parent) => touchParent(parent, operationId));
  const own = changeItems(change, operationId);
  if (fit([...own, ...parents])) return { items: [...own, ...parents], staged: false, exclusive: false };
  if (fit(own)) return { items: own, staged: false, exclusive: true };
  await stageRows(operationId, changeRows(change, operationId));
  return { items: fit(parents) ? parents : [], staged: true, exclusive: true };
};
