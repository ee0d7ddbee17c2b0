import type { Receiver } from '../../models/health.ts';
import { metricLine } from '../../tools/metric-line.ts';
import type { SweepResult } from './sweep.ts';

/**
 * A receiver's word as a log line that CloudWatch reads metrics from. `Silent` and `StormZones` come from the sweeping
 * receiver, `Refused` counts datagrams since its start that were not accepted, for whatever reason.
 */
export const metricsOf = (
  receiver: Receiver,
  look: SweepResult | null,
  at: number,
): Readonly<Record<string, unknown>> => {
  const { accepted = 0, ...refused } = receiver.datagrams;
  const counts = {
    Amphorae: receiver.amphorae,
    Healthy: receiver.healthy_since === null ? 0 : 1,
    Accepted: accepted,
    Refused: Object.values(refused).reduce((sum, count) => sum + count, 0),
    PreviousKey: receiver.previous_key,
    Silent: look?.silent,
    StormZones: look?.storms.length,
  };
  return { ...metricLine(at, { Receiver: receiver.id }, counts), receiver };
};
