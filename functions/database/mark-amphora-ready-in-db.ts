import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Last step of building a spare: it is READY, and its lock is released. */
export const handler = task({
  name: 'MarkAmphoraReadyInDB',
  input: amphoraInput,
  settles: true,
  run: async (_input, { flow }) => {
    await settle(flow, { changes: { status: AmphoraStatus.READY }, outcome: OperationStatus.SUCCEEDED });
    return undefined;
  },
});
