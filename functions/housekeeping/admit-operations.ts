import * as z from 'zod';
import { admitWaiting } from '../../lib/executions/admit-waiting.ts';
import { FLOWS } from '../../lib/models/flows.ts';
import { isFlowLimited } from '../../lib/models/operations/limits.ts';
import { findFreeze } from '../../lib/repositories/fleet/freeze.ts';
import { limitConfig } from '../../lib/settings/config.ts';

/** EventBridge's "Step Functions Execution Status Change". */
const executionEnded = z.object({ detail: z.object({ stateMachineArn: z.string() }) });

/**
 * Admits queued operations when an operation has ended that may have freed slots. Where no limit concerns the
 * operation's kind nothing is asked. Events may be lost or come twice: the dispatcher looks every minute, and twice
 * does no harm.
 */
export const handler = async (event: unknown): Promise<{ readonly started: number }> => {
  const { stateMachineArn } = executionEnded.parse(event).detail;
  const flow = FLOWS.find((name) => stateMachineArn.endsWith(`-${name}`));
  if (flow === undefined || !isFlowLimited(flow, limitConfig())) return { started: 0 };
  // The dispatcher admits them after the thaw.
  if ((await findFreeze()) !== null) return { started: 0 };
  return { started: await admitWaiting() };
};
