import type { Receiver } from '../../models/health.ts';
import type { SweepResult } from './sweep.ts';

const NAMESPACE = 'deploy-worker';
const METRICS = ['Amphorae', 'Silent', 'StormZones', 'Healthy', 'Accepted', 'Refused'] as const;

/**
 * A receiver's word as a log line that CloudWatch reads metrics from. `Silent` and `StormZones` come from the receiver
 * that looks, `Refused` counts datagrams since its start that were not accepted, for whatever reason.
 */
export const metricsOf = (
  receiver: Receiver,
  look: SweepResult | null,
  at: number,
): Readonly<Record<string, unknown>> => {
  const { accepted = 0, ...refused } = receiver.datagrams;
  return {
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        { Namespace: NAMESPACE, Dimensions: [['Receiver']], Metrics: METRICS.map((Name) => ({ Name, Unit: 'Count' })) },
      ],
    },
    Receiver: receiver.id,
    Amphorae: receiver.amphorae,
    Healthy: receiver.healthy_since === null ? 0 : 1,
    Accepted: accepted,
    Refused: Object.values(refused).reduce((sum, count) => sum + count, 0),
    ...(look !== null && { Silent: look.silent, StormZones: look.storms.length }),
    receiver,
  };
};
