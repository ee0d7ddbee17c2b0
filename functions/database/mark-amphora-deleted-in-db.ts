import { OperationStatus } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { forgetHealth } from '../../lib/repositories/health/reports.ts';
import { markAmphoraeDeleted } from '../../lib/repositories/locks/amphora-removal.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** The amphora is gone from the cloud. When the operation is about the amphora itself, this also ends it. */
export const handler = task({
  name: 'MarkAmphoraDeletedInDB',
  input: amphoraInput,
  settles: true,
  run: async ({ amphora_id }, { flow }) => {
    // A deleted amphora must not count as stale: many of them would look like a storm.
    await forgetHealth(amphora_id);
    if (flow.target === 'amphora') {
      await settle(flow, { changes: { status: AmphoraStatus.DELETED }, outcome: OperationStatus.SUCCEEDED });
    } else await markAmphoraeDeleted(flow, [amphora_id]);
    return undefined;
  },
});
