import { expect, test } from 'vitest';
import { ALARMS } from '../../../../functions/tables/alarms.ts';
import { kebab } from '../../../../functions/tables/kebab.ts';
import { custom } from '../../../../functions/tables/variables.ts';
import { alarms } from '../../../../functions/tables/write-alarms.ts';
import { functions } from '../../../../functions/tables/write-functions.ts';
import { roles } from '../../../../functions/tables/write-roles.ts';
import { FLOWS } from '../../../../lib/models/flows.ts';

test.each([
  ['PlugVIPAmphora', 'plug-vip-amphora'],
  ['MarkLBActiveInDB', 'mark-lb-active-in-db'],
  ['AllocateVIP', 'allocate-vip'],
  ['ApplyQos', 'apply-qos'],
])('%s is in kebab-case %s', (key, name) => {
  expect(kebab(key)).toBe(name);
});

test('a task that calls the cloud has its file, its role and the way to the cloud', () => {
  expect(functions.ApplyQos).toEqual({
    handler: 'dist/functions/network/apply-qos.handler',
    role: 'CloudRole',
    timeout: 60,
    vpc: custom('reach.vpc'),
    package: { patterns: ['dist/functions/network/apply-qos.mjs'] },
  });
});

test('a task that only moves rows stays outside the VPC', () => {
  expect(functions.BeginRollback).not.toHaveProperty('vpc');
  expect(JSON.stringify(roles.Resources.DatabaseRole)).not.toContain('reach.policies');
});

test('a bundle in parts is packaged with its parts', () => {
  expect(functions.Api?.package.patterns).toEqual(['dist/functions/api/handler{.mjs,.parts/*.mjs}']);
});

test("a role writes its functions' logs and no others", () => {
  const text = JSON.stringify(roles.Resources.AgentRole);
  expect([...text.matchAll(/(\w+)LogGroup/g)].map(([, key]) => key)).toEqual([
    'PlugVIPAmphora',
    'AmphoraTakeOver',
    'PlanFailover',
  ]);
});

test('a role that starts flows may start each of them', () => {
  const text = JSON.stringify(roles.Resources.UpkeepRole);
  for (const flow of FLOWS) expect(text).toContain(`stateMachine:${custom('prefix')}-${flow}"`);
});

test('each alarm is written with its name and notifies', () => {
  expect(Object.keys(alarms.Resources)).toEqual(Object.keys(ALARMS));
  expect(alarms.Resources.DriftAlarm).toEqual({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: 'The cloud or an agent differs from the table. docs/runbook.md, DriftAlarm.',
      AlarmActions: custom('notify'),
      OKActions: custom('notify'),
      Namespace: custom('prefix'),
      MetricName: 'DriftFindings',
      Dimensions: [{ Name: 'Function', Value: 'ReportDrift' }],
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
    },
  });
});

test('an alarm on several metrics watches their sum', () => {
  expect(alarms.Resources.AgentConfigsAlarm).toMatchObject({
    Properties: {
      Metrics: [
        { Id: 'all', Expression: 'SUM(METRICS())' },
        { Id: 'm0', ReturnData: false, MetricStat: { Stat: 'Maximum', Metric: { MetricName: 'AgentConfigsHalted' } } },
        { Id: 'm1', ReturnData: false },
      ],
    },
  });
});
