import { custom } from './variables.ts';

/** What starts a function, as serverless.yml has it. */
export type Trigger = Readonly<Record<string, unknown>>;

export const schedule = (expression: string): Trigger => ({ schedule: expression });

export const pattern = (rule: Readonly<Record<string, unknown>>): Trigger => ({ eventBridge: { pattern: rule } });

/** An event that this service raises. */
export const own = (name: string): Trigger => pattern({ source: [custom('prefix')], 'detail-type': [name] });

/** An execution of a flow has ended. */
export const ended = (...statuses: readonly string[]): Trigger =>
  pattern({
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: { status: statuses, stateMachineArn: [{ wildcard: `*:stateMachine:${custom('prefix')}-*` }] },
  });

/** Alarms of operators, on metrics with the dimension AmphoraId. */
export const operatorAlarm = pattern({
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm State Change'],
  detail: { alarmName: [{ prefix: `${custom('prefix')}-` }], state: { value: ['ALARM', 'OK'] } },
});

const prefixes = (...names: readonly string[]) => names.map((prefix) => ({ prefix }));

/** Changes of rows with a status: heartbeats, records and the like are not even handed over. */
export const statusChanges: Trigger = {
  stream: {
    type: 'dynamodb',
    arn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    startingPosition: 'TRIM_HORIZON',
    batchSize: 100,
    functionResponseType: 'ReportBatchItemFailures',
    bisectBatchOnFunctionError: true,
    // While EventBridge is out of reach everything waits; what is older than this is named in the queue.
    maximumRecordAgeInSeconds: 79200,
    destinations: { onFailure: { type: 'sqs', arn: { 'Fn::GetAtt': ['EventsDeadLetters', 'Arn'] } } },
    filterPatterns: [
      {
        dynamodb: {
          Keys: {
            pk: { S: prefixes('LB#', 'AMP#') },
            sk: {
              S: [
                'LB',
                'AMPHORA',
                ...prefixes('AMPHORA#', 'LISTENER#', 'POOL#', 'MEMBER#', 'HM#', 'L7POLICY#', 'L7RULE#'),
              ],
            },
          },
        },
      },
    ],
  },
};
