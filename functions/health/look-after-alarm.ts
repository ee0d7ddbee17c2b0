import { randomUUID } from 'node:crypto';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { alarmsIn } from '../../lib/health/alarm-events.ts';
import { HEALTH, type LookedAfter, lookAfter } from '../../lib/health/look-after.ts';
import { logger } from '../../lib/logger.ts';

export interface Answer {
  readonly alarms: readonly { readonly amphora_id: string; readonly outcome: LookedAfter }[];
}

/**
 * Turns health alarms into failovers: those of the heartbeat receivers, and CloudWatch alarms of a metric with the
 * dimension `AmphoraId`, by EventBridge or by SNS. Answers what was done about each.
 */
export const handler = async (event: unknown): Promise<Answer> => {
  const alarms: Answer['alarms'][number][] = [];
  const failures: unknown[] = [];
  for (const alarm of alarmsIn(event)) {
    const { amphora_id, reason } = alarm;
    try {
      const parts = {
        worker: new ControllerWorker(HEALTH),
        agents: impatientAmphoraDriver(),
        compute: computeDriver(),
        holder: randomUUID(),
        now: Date.now,
      };
      const outcome = await lookAfter(parts, alarm);
      logger.info('alarm looked after', { amphora_id, reason, outcome });
      alarms.push({ amphora_id, outcome });
    } catch (error) {
      // One that cannot be looked after must not keep the others waiting.
      logger.error('alarm could not be looked after', { amphora_id, reason, error: String(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} alarms could not be looked after`);
  return { alarms };
};
