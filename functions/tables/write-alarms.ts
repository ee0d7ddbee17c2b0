import { ALARMS, type Alarm, type Metric } from './alarms.ts';
import { custom, param } from './variables.ts';

const named = ({ namespace, name, dimensions }: Metric) => ({
  Namespace: namespace,
  MetricName: name,
  ...(dimensions && { Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) }),
});

/** CloudWatch takes one metric with its statistic, or several by ids. */
const watched = ({ metrics, statistic = 'Sum', period }: Alarm) => {
  const [only] = metrics;
  if (only && metrics.length === 1) return { ...named(only), Statistic: statistic, Period: period };
  return {
    Metrics: [
      { Id: 'all', Expression: 'SUM(METRICS())', Label: 'all' },
      ...metrics.map((metric, index) => ({
        Id: `m${index}`,
        ReturnData: false,
        MetricStat: { Stat: statistic, Period: period, Metric: named(metric) },
      })),
    ],
  };
};

const compared = ({ threshold = { above: 0 } }: Alarm) =>
  'above' in threshold
    ? { Threshold: threshold.above, ComparisonOperator: 'GreaterThanThreshold' }
    : { Threshold: threshold.below, ComparisonOperator: 'LessThanThreshold' };

const resource = ([id, alarm]: [string, Alarm]) => [
  id,
  {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: `${alarm.says} docs/runbook.md, ${id}.`,
      AlarmActions: custom('notify'),
      OKActions: custom('notify'),
      ...watched(alarm),
      EvaluationPeriods: alarm.periods,
      ...compared(alarm),
      TreatMissingData: alarm.missing ?? 'notBreaching',
    },
  },
];

/** The part of the template with the alarms. They notify the topic ALARM_TOPIC_ARN, when the stage has one. */
export const alarms = {
  Conditions: { AlarmsNotify: { 'Fn::Not': [{ 'Fn::Equals': [param('ALARM_TOPIC_ARN'), ''] }] } },
  Resources: Object.fromEntries(Object.entries(ALARMS).map(resource)),
};
