import { FLOWS } from '../../lib/models/flows.ts';
import { custom } from './variables.ts';

/** A value that CloudFormation fills in. */
export type Value =
  | { readonly 'Fn::Sub': string }
  | { readonly 'Fn::GetAtt': readonly [id: string, attribute: string] }
  | { readonly Ref: string };

/** What a role may do. */
export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: Value | readonly Value[];
}

export const getAtt = (id: string, attribute: string): Value => ({ 'Fn::GetAtt': [id, attribute] });

/** A resource of this account and region. */
const arn = (service: string, resource: string): Value => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

export const allow = (Action: Statement['Action'], Resource: Statement['Resource']): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

/** Rows, one by one and in transactions. */
export const table = allow(
  [
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  getAtt('Table', 'Arn'),
);

export type Index = 'by_project' | 'by_type' | 'by_work';

export const query = (...indexes: readonly Index[]): Statement =>
  allow(
    'dynamodb:Query',
    indexes.map((index) => ({ 'Fn::Sub': `\${Table.Arn}/index/${index}` })),
  );

// Flows are named here, and not referred to, since they refer to the functions.
export const machines = FLOWS.map((flow) => arn('states', `stateMachine:${custom('prefix')}-${flow}`));

/** They are named by their operations. */
export const executions = FLOWS.map((flow) => arn('states', `execution:${custom('prefix')}-${flow}:*`));

/** Any flow: what admits an operation also starts the first queued one, of whatever kind. */
export const start = allow('states:StartExecution', machines);

export const putEvents = allow('events:PutEvents', [arn('events', 'event-bus/default')]);

/** Secrets by the last part of their names. Secrets Manager adds six characters to each. */
export const secrets = (...names: readonly string[]): Statement =>
  allow(
    'secretsmanager:GetSecretValue',
    names.map((name) => arn('secretsmanager', `secret:${custom('secrets')}/${name}-??????`)),
  );
