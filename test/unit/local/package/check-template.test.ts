import { describe, expect, test } from 'vitest';
import { checkTemplate } from '../../../../local/package/check-template.ts';
import { readTemplate } from '../../../../local/package/template/template.ts';

const problemsOf = (resources: Readonly<Record<string, object>>): readonly string[] =>
  Object.values(checkTemplate(readTemplate({ Resources: resources }))).flat();

/** A variable of Fn::Sub. */
const variable = (name: string) => `\${${name}}`;

const group = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } };
const table = (changes: object) => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    ...changes,
  },
});
const role = (statement: object) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Version: '2012-10-17' },
    Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }],
  },
});
const code = (variables: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code: {}, Role: 'r', Environment: { Variables: variables } },
});

describe('resources', () => {
  test('pass when the specification knows them', () => {
    expect(problemsOf({ Group: group, Table: table({ BillingMode: 'PAY_PER_REQUEST' }) })).toEqual([]);
  });

  test('fail with a type, a property or a value it does not know', () => {
    expect(problemsOf({ X: { Type: 'AWS::Logs::Nothing' } })).toEqual(['X: there is no type AWS::Logs::Nothing']);
    expect(problemsOf({ X: { ...group, Properties: { Retention: 3 } } })).toEqual(['X: has no property Retention']);
    expect(problemsOf({ X: { ...group, Properties: { RetentionInDays: 'long' } } })).toEqual([
      'X.RetentionInDays: is no whole number',
    ]);
  });

  test('fail without what is required, at any depth', () => {
    expect(problemsOf({ X: { Type: 'AWS::Logs::LogStream' } })).toEqual(['X: lacks LogGroupName']);
    expect(problemsOf({ X: table({ KeySchema: [{ AttributeName: 'pk' }] }) })).toEqual([
      'X.KeySchema[0]: lacks KeyType',
    ]);
  });
});

describe('references', () => {
  const named = (value: object) => ({ ...group, Properties: { LogGroupName: value } });

  test('fail without a target or an attribute', () => {
    expect(problemsOf({ X: named({ Ref: 'Gone' }) })).toEqual(['X.LogGroupName: refers to Gone, which does not exist']);
    expect(problemsOf({ G: group, X: named({ 'Fn::GetAtt': ['G', 'Size'] }) })).toEqual([
      'X.LogGroupName: AWS::Logs::LogGroup has no attribute Size',
    ]);
    expect(problemsOf({ X: named({ 'Fn::Sub': `${variable('AWS::Region')}-${variable('Gone.Arn')}` }) })).toHaveLength(
      1,
    );
    expect(problemsOf({ X: { ...group, DependsOn: 'Gone' } })).toHaveLength(1);
  });

  test('fail when they run in a circle', () => {
    expect(problemsOf({ A: named({ Ref: 'B' }), B: named({ 'Fn::Sub': variable('A') }) })).toEqual([
      'a circle: A > B > A',
    ]);
  });
});

describe('roles', () => {
  const resource = { 'Fn::GetAtt': ['Group', 'Arn'] };

  test('pass with actions and resources by name', () => {
    expect(problemsOf({ Group: group, R: role({ Action: ['logs:PutLogEvents'], Resource: resource }) })).toEqual([]);
  });

  test('fail with a wildcard', () => {
    expect(problemsOf({ Group: group, R: role({ Action: 'logs:*', Resource: resource }) })).toEqual([
      'R: allows logs:*',
    ]);
    expect(problemsOf({ R: role({ Action: 'states:StartExecution', Resource: '*' }) })).toHaveLength(1);
    expect(problemsOf({ R: role({ Action: 'x:Get', Resource: 'arn:aws:x:::thing/*' }) })).toHaveLength(1);
  });

  test('may set up log delivery, for which there is no resource', () => {
    expect(problemsOf({ R: role({ Action: ['logs:CreateLogDelivery'], Resource: '*' }) })).toEqual([]);
  });
});

describe('environments', () => {
  test('name their secrets', () => {
    expect(problemsOf({ F: code({ SERVER_CA_PRIVATE_KEY: 'secret:a', OS_PASSWORD: '' }) })).toEqual([]);
    const problems = problemsOf({ F: code({ HEARTBEAT_KEY: 'insecure' }) });
    expect(problems).toEqual(['F: HEARTBEAT_KEY is given instead of named']);
    expect(problems.join()).not.toContain('insecure');
  });

  test('hold no reference that CloudFormation replaces by the secret itself', () => {
    expect(problemsOf({ F: code({ HEARTBEAT_KEY: '{{resolve:secretsmanager:app/heartbeat-key}}' }) })).toEqual([
      'F: HEARTBEAT_KEY is given instead of named',
    ]);
  });

  test('fit into what Lambda takes', () => {
    expect(problemsOf({ F: code({ LONG: 'x'.repeat(5000) }) })).toHaveLength(1);
  });
});
