import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Last step of a failed operation on an amphora: it is in ERROR, can be deleted, and its lock is released. */
export const handler = task({
  name: 'MarkAmphoraErrorInDB',
  input: amphoraInput,
  settles: true,
  run: async (_input, { flow }) => {
    await settle(flow, { changes: { status: AmphoraStatus.ERROR }, outcome: OperationStatus.FAILED });
    return undefined;
  },
});
