import type { StepLog } from '../../../../lib/task/step-log.ts';

/** A step's log that keeps nothing. */
export const quiet: StepLog = { debug: () => undefined, info: () => undefined, warn: () => undefined };
