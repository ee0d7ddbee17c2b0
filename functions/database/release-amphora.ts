import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { getFlowOperation } from '../../lib/repositories/operations/operations.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Last step of work on an amphora that keeps its status: a success, unless the operation's record has a reason. */
export const handler = task({
  name: 'ReleaseAmphora',
  input: amphoraInput,
  settles: true,
  run: async (_input, { flow }) => {
    const { error_name: reason } = await getFlowOperation(flow);
    const outcome = reason === null ? OperationStatus.SUCCEEDED : OperationStatus.FAILED;
    await settle(flow, { changes: { cert_busy: false }, outcome });
    return undefined;
  },
});
