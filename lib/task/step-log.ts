import type { FlowInput } from '../models/operations/operation.ts';
import { logger } from '../tools/logger.ts';

export type StepLog = Pick<typeof logger, 'debug' | 'info' | 'warn'>;

/** A log of its own for each call, since several may run in one process: every line says what it is about. */
export const stepLog = (step: string, flow: FlowInput): StepLog =>
  logger.createChild({
    persistentKeys: {
      step,
      operation_id: flow.operation_id,
      loadbalancer_id: flow.loadbalancer_id,
      amphora_id: flow.amphora_id,
    },
  });
