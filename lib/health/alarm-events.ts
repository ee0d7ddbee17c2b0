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
    // An order to fail over comes from CloudWatch itself, whose events nothing else can send.
    reason: z.enum(HEALTH_ALARMS).exclude(['CLOUDWATCH']),
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

/** An operator's alarm: the decision was made by the one that set it. */
export const ordered = (amphoraId: string): AlarmDetail => ({
  amphora_id: amphoraId,
  loadbalancer_id: null,
  zone: null,
  reason: 'CLOUDWATCH',
  heard_at: null,
  well_at: null,
  stale: true,
});

const amphoraeIn = (values: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(values)].flatMap((value) => (value !== undefined && id.safeParse(value).success ? [value] : []));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The state that a CloudWatch alarm came to, and the amphora that it names. */
interface StateChange {
  readonly state: string;
  readonly amphorae: readonly string[];
}

const inMessage = (text: string): readonly StateChange[] => {
  const message = notified.safeParse(parsed(text));
  if (!message.success) return [];
  const { Dimensions, Metrics } = message.data.Trigger;
  const all = [...Dimensions, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? [])];
  const values = all.filter(({ name }) => name === DIMENSION).map(({ value }) => value);
  return [{ state: message.data.NewStateValue, amphorae: amphoraeIn(values) }];
};

const stateChanges = (event: unknown): readonly StateChange[] => {
  const change = stateChange.safeParse(event);
  if (change.success) {
    const { state, configuration } = change.data.detail;
    const values = configuration.metrics.map(({ metricStat }) => metricStat?.metric.dimensions[DIMENSION]);
    return [{ state: state.value, amphorae: amphoraeIn(values) }];
  }
  const delivered = notification.safeParse(event);
  return delivered.success ? delivered.data.Records.flatMap(({ Sns }) => inMessage(Sns.Message)) : [];
};

const amphoraeOf = (event: unknown, wanted: string): readonly string[] =>
  stateChanges(event).flatMap(({ state, amphorae }) => (state === wanted ? amphorae : []));

/**
 * The alarms that an event carries: the receivers' own, or a CloudWatch alarm that came to ALARM, by EventBridge or by
 * SNS, of a metric with the dimension `AmphoraId`. Empty for everything else.
 */
export const alarmsIn = (event: unknown): readonly AlarmDetail[] => {
  const received = own.safeParse(event);
  return received.success ? [received.data.detail] : amphoraeOf(event, 'ALARM').map(ordered);
};

/** Ids of the amphorae whose CloudWatch alarm has ended by that event. */
export const endedIn = (event: unknown): readonly string[] => amphoraeOf(event, 'OK');
