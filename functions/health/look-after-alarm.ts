import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import type { AlarmDetail } from '../../lib/health/alarm.ts';
import { alarmsIn, endedIn, ordered } from '../../lib/health/alarm-events.ts';
import { HEALTH, type LookedAfter, lookAfter } from '../../lib/health/look-after.ts';
import { dropAlarm, keepAlarm, listStandingAlarms } from '../../lib/repositories/health/standing-alarms.ts';
import { detectionConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';

export interface Answer {
  readonly alarms: readonly { readonly amphora_id: string; readonly outcome: LookedAfter }[];
}

/** What is not begun with so little time left, the next minute begins with. */
const RESERVE_MS = 15_000;

const everyMinute = z.object({ 'detail-type': z.literal('Scheduled Event') });

/** After these nothing more is to come of an alarm. */
const SETTLED: readonly LookedAfter[] = ['failover', 'gone'];

const look = async (alarm: AlarmDetail): Promise<LookedAfter> => {
  const parts = {
    worker: new ControllerWorker(HEALTH),
    agents: impatientAmphoraDriver(),
    compute: computeDriver(),
    holder: randomUUID(),
    now: Date.now,
    timeoutMs: detectionConfig().heartbeatTimeout * 1000,
  };
  const outcome = await lookAfter(parts, alarm);
  if (alarm.reason === 'CLOUDWATCH' && SETTLED.includes(outcome)) await dropAlarm(alarm.amphora_id);
  return outcome;
};

/** By the clock: operators' alarms that nothing could be done about so far, for an operation, a storm or a death. */
const alarmsOf = async (event: unknown): Promise<readonly AlarmDetail[]> => {
  if (everyMinute.safeParse(event).success) return (await listStandingAlarms()).map(ordered);
  const alarms = alarmsIn(event);
  for (const { amphora_id, reason } of alarms) if (reason === 'CLOUDWATCH') await keepAlarm(amphora_id);
  for (const amphoraId of endedIn(event)) await dropAlarm(amphoraId);
  return alarms;
};

/**
 * Turns health alarms into failovers: those of the heartbeat receivers, and CloudWatch alarms of a metric with the
 * dimension `AmphoraId`, by EventBridge or by SNS; of these, each minute, the ones that nothing has come of. Answers what
 * was done about each.
 */
export const handler = async (event: unknown, context: Context): Promise<Answer> => {
  const alarms: Answer['alarms'][number][] = [];
  const failures: unknown[] = [];
  for (const alarm of await alarmsOf(event)) {
    if (context.getRemainingTimeInMillis() < RESERVE_MS) break;
    const { amphora_id, reason } = alarm;
    try {
      const outcome = await look(alarm);
      logger.info('alarm handled', { amphora_id, reason, outcome });
      alarms.push({ amphora_id, outcome });
    } catch (error) {
      // One that cannot be looked after must not keep the others waiting.
      logger.error('alarm handling failed', { amphora_id, reason, error: String(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} alarms could not be handled`);
  return { alarms };
};
