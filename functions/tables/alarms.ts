import { FLOWS } from '../../lib/models/flows.ts';
import { FUNCTIONS } from './functions.ts';
import { getAtt, type Index, type Value } from './statements.ts';
import { custom } from './variables.ts';

/*
 * What an operator has to know of at once; docs/runbook.md says what to do. A test holds alarms and runbook together, and
 * `npm run package` alarms, flows and functions. The alarm of receivers stands with what it watches: a stage may have none.
 */

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** Values by names. @default all of the account and region */
  readonly dimensions?: Readonly<Record<string, Value | string>>;
}

export interface Alarm {
  readonly says: string;
  /** Several are summed up. */
  readonly metrics: readonly Metric[];
  /** Of what a period has. @default Sum */
  readonly statistic?: 'Sum' | 'Maximum';
  /** Seconds. */
  readonly period: number;
  /** Goes off when so many periods in a row are beyond the threshold. */
  readonly periods: number;
  /** @default above 0 */
  readonly threshold?: { readonly above: number } | { readonly below: number };
  /** What a period without data is. @default notBreaching */
  readonly missing?: 'breaching' | 'ignore';
}

const lambda = (name: string, key: string): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: { Ref: `${key}LambdaFunction` } },
});

/** What a function counts itself. */
const counted = (name: string, by: string): Metric => ({
  namespace: custom('prefix'),
  name,
  dimensions: { Function: by },
});

/** The id that statemachines/statemachines.yml gives a flow. */
const flowId = (flow: string): string => `${flow.replace(/(?:^|-)(.)/g, (_, letter) => letter.toUpperCase())}Flow`;

const everyFlow = (name: string): readonly Metric[] =>
  FLOWS.map((flow) => ({ namespace: 'AWS/States', name, dimensions: { StateMachineArn: { Ref: flowId(flow) } } }));

const INDEXES: readonly Index[] = ['by_project', 'by_type', 'by_work'];

const tableAndIndexes = (name: string): readonly Metric[] =>
  [{}, ...INDEXES.map((index) => ({ GlobalSecondaryIndexName: index }))].map((index) => ({
    namespace: 'AWS/DynamoDB',
    name,
    dimensions: { TableName: { Ref: 'Table' }, ...index },
  }));

/** Nothing stays PENDING as long as these complete each minute: they have alarms of their own. */
const EACH_MINUTE = ['DispatchOperations', 'RecoverOperations'];

const upkeep = Object.keys(FUNCTIONS.housekeeping).filter((key) => !EACH_MINUTE.includes(key));

export const ALARMS: Readonly<Record<string, Alarm>> = {
  ApiErrorsAlarm: {
    says: 'The API answers 5xx.',
    metrics: [{ namespace: 'AWS/ApiGateway', name: '5xx', dimensions: { ApiId: { Ref: 'HttpApi' } } }],
    period: 60,
    periods: 3,
    threshold: { above: 5 },
  },
  DispatchFailsAlarm: {
    says: 'Committed operations are not started.',
    metrics: [lambda('Errors', 'DispatchOperations')],
    period: 60,
    periods: 5,
  },
  RecoveryFailsAlarm: {
    says: 'Operations that lost their execution are not continued.',
    metrics: [lambda('Errors', 'RecoverOperations')],
    period: 60,
    periods: 5,
  },
  RecoveryStoppedAlarm: {
    says: 'No sweep looks for operations that lost their execution.',
    metrics: [lambda('Invocations', 'RecoverOperations')],
    period: 60,
    periods: 5,
    threshold: { below: 1 },
    missing: 'breaching',
  },
  FailoverFailsAlarm: {
    says: 'Alarms of amphorae are not turned into failovers.',
    metrics: [lambda('Errors', 'LookAfterAlarm')],
    period: 60,
    periods: 5,
  },
  EventsDeadLettersAlarm: {
    says: 'Changes of statuses that became no event.',
    metrics: [
      {
        namespace: 'AWS/SQS',
        name: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: getAtt('EventsDeadLetters', 'QueueName') },
      },
    ],
    statistic: 'Maximum',
    period: 60,
    periods: 1,
  },
  EventsLateAlarm: {
    says: 'Changes of statuses become events late.',
    metrics: [lambda('IteratorAge', 'PublishTransitions')],
    statistic: 'Maximum',
    period: 60,
    periods: 5,
    // Milliseconds.
    threshold: { above: 300_000 },
  },
  UpkeepFailsAlarm: {
    says: 'A scheduled function fails.',
    metrics: upkeep.map((key) => lambda('Errors', key)),
    period: 3600,
    periods: 2,
  },
  ThrottlesAlarm: {
    says: 'Lambda throttles functions of this account and region.',
    // Concurrency is the account's.
    metrics: [{ namespace: 'AWS/Lambda', name: 'Throttles' }],
    period: 60,
    periods: 3,
  },
  FlowsFailAlarm: {
    says: 'Many executions fail.',
    metrics: everyFlow('ExecutionsFailed'),
    period: 300,
    periods: 2,
    // A flow also fails over what a tenant asked for, so a few are no alarm.
    threshold: { above: 5 },
  },
  FlowsTimeOutAlarm: {
    says: 'An execution took longer than its flow may.',
    metrics: everyFlow('ExecutionsTimedOut'),
    period: 300,
    periods: 1,
  },
  TableThrottlesAlarm: {
    says: 'DynamoDB throttles the table or an index.',
    metrics: ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap(tableAndIndexes),
    period: 60,
    periods: 5,
  },
  CertificatesOverdueAlarm: {
    says: 'Certificates of amphorae are overdue.',
    metrics: [counted('CertificatesOverdue', 'RotateCertificates')],
    statistic: 'Maximum',
    period: 3600,
    periods: 1,
    missing: 'ignore',
  },
  AgentConfigsAlarm: {
    says: 'Agents keep old settings.',
    metrics: ['AgentConfigsHalted', 'AgentConfigsWithoutReceivers'].map((name) => counted(name, 'UpdateAgentConfigs')),
    statistic: 'Maximum',
    period: 3600,
    periods: 1,
    missing: 'ignore',
  },
  RolloutHaltedAlarm: {
    says: 'A roll-out is halted.',
    metrics: [counted('RolloutHalted', 'RollOut')],
    statistic: 'Maximum',
    period: 60,
    periods: 1,
  },
  DriftAlarm: {
    says: 'The cloud or an agent differs from the table.',
    metrics: [counted('DriftFindings', 'ReportDrift')],
    statistic: 'Maximum',
    period: 3600,
    periods: 1,
    missing: 'ignore',
  },
};
