import { expect, test } from 'vitest';
import { checkAlarms } from '../../../../../local/package/template/alarms.ts';
import { readTemplate } from '../../../../../local/package/template/template.ts';

const notify = { 'Fn::If': ['AlarmsNotify', ['arn'], { Ref: 'AWS::NoValue' }] };
const alarm = (MetricName: string, of: string, further: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { AlarmActions: notify, OKActions: notify, MetricName, Dimensions: [{ Value: { Ref: of } }], ...further },
});
const flow = { Type: 'AWS::StepFunctions::StateMachine', Properties: {} };
const lambda = { Type: 'AWS::Lambda::Function', Properties: {} };
const rule = { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: { 'Fn::GetAtt': ['Sweep', 'Arn'] } }] } };
const problemsOf = (Resources: Readonly<Record<string, object>>) => checkAlarms(readTemplate({ Resources }));

const all = {
  Flow: flow,
  Sweep: lambda,
  Called: lambda,
  Rule: rule,
  Failed: alarm('ExecutionsFailed', 'Flow'),
  Late: alarm('ExecutionsTimedOut', 'Flow'),
  Errors: alarm('Errors', 'Sweep'),
};

test('a template whose flows and started functions are watched passes', () => {
  expect(problemsOf(all)).toEqual([]);
});

test.each([{ AlarmActions: undefined }, { OKActions: ['arn'] }, { AlarmActions: ['arn'], OKActions: ['arn'] }])(
  'an alarm with %j is refused',
  (further) => {
    expect(problemsOf({ ...all, Errors: alarm('Errors', 'Sweep', further) })).toEqual([
      'Errors: does not notify the topic ALARM_TOPIC_ARN when it goes off and when it is over',
    ]);
  },
);

test.each([
  ['Failed', 'Flow: no alarm watches its ExecutionsFailed'],
  ['Late', 'Flow: no alarm watches its ExecutionsTimedOut'],
  ['Errors', 'Sweep: no alarm watches its Errors'],
])('without the alarm %s the check fails', (name, problem) => {
  expect(problemsOf({ ...all, [name]: lambda })).toEqual([problem]);
});
