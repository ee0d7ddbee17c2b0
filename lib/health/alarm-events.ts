import * as z from 'zod';
import { HEALTH_ALARMS } from '../models/health.ts';
import { ALARM_EVENT, type AlarmDetail } from './alarm.ts';

const id = z.guid();

const own = z.object({
  'detail-type': z.literal(ALARM_EVENT),
  detail: z.object({
    amphora_id: id,
    loadbalancer_id: id.nullable(),
    zone: z.string().nullable(),
    reason: z.enum(HEALTH_ALARMS),
    heard_at: z.string().nullable(),
    well_at: z.string().nullable(),
    stale: z.boolean(),
  }),
});

/** The dimension of a CloudWatch metric that names the amphora. */
const DIMENSION = 'AmphoraId';

const stateChange = z.object({
  source: z.literal('aws.cloudwatch'),
  detail: z.object({
    state: z.object({ value: z.string() }),
    configuration: z
      .object({
        metrics: z
          .array(
            z.looseObject({
              metricStat: z
                .looseObject({ metric: z.looseObject({ dimensions: z.record(z.string(), z.string()).default({}) }) })
                .optional(),
            }),
          )
          .default([]),
      })
      .default({ metrics: [] }),
  }),
});

const dimensions = z.array(z.object({ name: z.string(), value: z.string() })).default([]);
const notified = z.object({
  NewStateValue: z.string(),
  Trigger: z
    .looseObject({
      Dimensions: dimensions,
      Metrics: z
        .array(
          z.looseObject({
            MetricStat: z.looseObject({ Metric: z.looseObject({ Dimensions: dimensions }) }).optional(),
          }),
        )
        .default([]),
    })
    .default({ Dimensions: [], Metrics: [] }),
});
const notification = z.object({
  Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })).min(1),
});

/** An operator's alarm: whoever set it has decided. */
const ordered = (amphoraId: string): AlarmDetail => ({
  amphora_id: amphoraId,
  loadbalancer_id: null,
  zone: null,
  reason: 'CLOUDWATCH',
  heard_at: null,
  well_at: null,
  stale: true,
});

const named = (values: readonly (string | undefined)[]): readonly AlarmDetail[] =>
  [...new Set(values)].flatMap((value) => (value !== undefined && id.safeParse(value).success ? [ordered(value)] : []));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const inMessage = (text: string): readonly AlarmDetail[] => {
  const message = notified.safeParse(parsed(text));
  if (!message.success || message.data.NewStateValue !== 'ALARM') return [];
  const { Dimensions, Metrics } = message.data.Trigger;
  const all = [...Dimensions, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? [])];
  return named(all.filter(({ name }) => name === DIMENSION).map(({ value }) => value));
};

/**
 * The alarms that an event carries: the receivers' own, or a CloudWatch alarm that came to ALARM, by EventBridge or by
 * SNS, of a metric with the dimension `AmphoraId`. Empty for everything else.
 */
export const alarmsIn = (event: unknown): readonly AlarmDetail[] => {
  const received = own.safeParse(event);
  if (received.success) return [received.data.detail];
  const change = stateChange.safeParse(event);
  if (change.success) {
    const { state, configuration } = change.data.detail;
    if (state.value !== 'ALARM') return [];
    return named(configuration.metrics.map(({ metricStat }) => metricStat?.metric.dimensions[DIMENSION]));
  }
  const delivered = notification.safeParse(event);
  return delivered.success ? delivered.data.Records.flatMap(({ Sns }) => inMessage(Sns.Message)) : [];
};
