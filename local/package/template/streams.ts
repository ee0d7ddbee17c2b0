import * as z from 'zod';
import { statementsOf } from './policies.ts';
import { resourcesOf, type Template } from './template.ts';

const attribute = (name: string) => z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal(name)]) });

const mapping = z.looseObject({
  EventSourceArn: attribute('StreamArn'),
  FunctionName: attribute('Arn'),
  FunctionResponseTypes: z.tuple([z.literal('ReportBatchItemFailures')]),
  BisectBatchOnFunctionError: z.literal(true),
  StartingPosition: z.literal('TRIM_HORIZON'),
  MaximumRecordAgeInSeconds: z.number().positive().max(86_400, 'a stream keeps a record for a day'),
  DestinationConfig: z.looseObject({ OnFailure: z.looseObject({ Destination: attribute('Arn') }) }),
  FilterCriteria: z.looseObject({ Filters: z.array(z.looseObject({ Pattern: z.string() })).min(1) }),
});
const table = z.looseObject({
  StreamSpecification: z.looseObject({ StreamViewType: z.literal('NEW_AND_OLD_IMAGES') }),
});
const lambda = z.looseObject({ Role: attribute('Arn') });
const alarm = z.looseObject({ Dimensions: z.array(z.looseObject({ Value: z.unknown() })).default([]) });

const READING = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`);

const allows = (template: Template, role: string, action: string, resource: unknown): boolean =>
  statementsOf(template.Resources[role]?.Properties).some(
    ({ Action, Resource }) =>
      Action.includes(action) && Resource.some((one) => JSON.stringify(one) === JSON.stringify(resource)),
  );

const isWatched = (template: Template, queue: string): boolean =>
  resourcesOf(template, 'AWS::CloudWatch::Alarm').some(([, { Properties }]) =>
    alarm
      .parse(Properties)
      .Dimensions.some(({ Value }) => JSON.stringify(Value) === JSON.stringify({ 'Fn::GetAtt': [queue, 'QueueName'] })),
  );

const checkMapping = (template: Template, properties: unknown): readonly string[] => {
  const parsed = mapping.safeParse(properties);
  if (!parsed.success) return [z.prettifyError(parsed.error)];
  const { EventSourceArn, FunctionName, DestinationConfig } = parsed.data;
  const [source] = EventSourceArn['Fn::GetAtt'];
  const { Destination } = DestinationConfig.OnFailure;
  const [queue] = Destination['Fn::GetAtt'];
  const [role] = lambda.parse(template.Resources[FunctionName['Fn::GetAtt'][0]]?.Properties).Role['Fn::GetAtt'];
  return [
    ...(table.safeParse(template.Resources[source]?.Properties).success
      ? []
      : [`${source} has no stream with new and old images`]),
    ...READING.filter((action) => !allows(template, role, action, EventSourceArn)).map(
      (action) => `${role} lacks ${action} on the stream`,
    ),
    ...(allows(template, role, 'sqs:SendMessage', Destination) ? [] : [`${role} may not put anything into ${queue}`]),
    ...(template.Resources[queue]?.Type === 'AWS::SQS::Queue' ? [] : [`${queue} is no queue`]),
    ...(isWatched(template, queue) ? [] : [`no alarm looks at ${queue}`]),
  ];
};

/**
 * The reader of a stream loses nothing: there is one, it may be read, and what fails for ever ends where an alarm
 * looks.
 */
export const checkStreams = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::Lambda::EventSourceMapping').flatMap(([id, { Properties }]) =>
    checkMapping(template, Properties).map((problem) => `${id}: ${problem}`),
  );
