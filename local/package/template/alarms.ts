import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { resourcesOf, type Template } from './template.ts';

const alarm = z.looseObject({ AlarmActions: z.unknown(), OKActions: z.unknown() });
const action = z.strictObject({
  'Fn::If': z.tuple([
    z.literal('AlarmsNotify'),
    z.tuple([z.string()]),
    z.strictObject({ Ref: z.literal('AWS::NoValue') }),
  ]),
});
const rule = z.looseObject({
  Targets: z.array(z.looseObject({ Arn: z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) })),
});

const isWatched = (template: Template, metric: string, reference: string): boolean =>
  resourcesOf(template, 'AWS::CloudWatch::Alarm').some(([, { Properties }]) => {
    const text = JSON.stringify(Properties);
    return text.includes(`"MetricName":"${metric}"`) && text.includes(`{"Ref":"${reference}"}`);
  });

const checkActions = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([id, { Properties }]) => {
    const { AlarmActions, OKActions } = alarm.parse(Properties);
    const notifies = action.safeParse(AlarmActions).success && isDeepStrictEqual(AlarmActions, OKActions);
    return notifies ? [] : [`${id}: does not notify the topic ALARM_TOPIC_ARN when it goes off and when it is over`];
  });

const unwatched = (template: Template, metrics: readonly string[], ids: readonly string[]): readonly string[] =>
  ids.flatMap((id) =>
    metrics
      .filter((metric) => !isWatched(template, metric, id))
      .map((metric) => `${id}: no alarm watches its ${metric}`),
  );

/** Functions that rules of EventBridge start: no caller waits for their answer. */
const startedByRules = (template: Template): readonly string[] => [
  ...new Set(
    resourcesOf(template, 'AWS::Events::Rule')
      .flatMap(([, { Properties }]) => rule.safeParse(Properties).data?.Targets ?? [])
      .map(({ Arn }) => Arn['Fn::GetAtt'][0])
      .filter((id) => template.Resources[id]?.Type === 'AWS::Lambda::Function'),
  ),
];

/** Every alarm notifies; every flow, and every function that no caller waits for, is watched by one. */
export const checkAlarms = (template: Template): readonly string[] => [
  ...checkActions(template),
  ...unwatched(
    template,
    ['ExecutionsFailed', 'ExecutionsTimedOut'],
    resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(([id]) => id),
  ),
  ...unwatched(template, ['Errors'], startedByRules(template)),
];
