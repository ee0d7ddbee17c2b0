import { describe, expect, it } from 'vitest';
import { planDeployment } from '../../../../local/deploy/plan.ts';
import { readTemplate } from '../../../../local/package/template/template.ts';

const template = (resources: Readonly<Record<string, object>>) => readTemplate({ Resources: resources });
const plan = (before: Readonly<Record<string, object>>, after: Readonly<Record<string, object>>) =>
  planDeployment(template(before), template(after));

const lambda = (variables: object, further: object = {}, key = '1') => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code: { S3Key: `serverless/${key}/Api.zip` }, Environment: { Variables: variables }, ...further },
});
const vpc = { VpcConfig: { SubnetIds: ['subnet-0a'], SecurityGroupIds: ['sg-0a'] } };
const table = (name: string) => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Retain',
  Properties: { TableName: name, KeySchema: [] },
});

describe('the plan of a deployment', () => {
  it('is empty when only the uploaded code has another name', () => {
    expect(plan({ Api: lambda({ A: '1' }) }, { Api: lambda({ A: '1' }, {}, '2') })).toEqual({ lines: [], dangers: [] });
  });

  it('names what is added and changed, and asks for neither', () => {
    const group = (days: number) => ({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: days } });
    expect(plan({ Old: group(1) }, { Old: group(30), New: group(30) })).toEqual({
      lines: ['~ Old (AWS::Logs::LogGroup) is changed: RetentionInDays', '+ New (AWS::Logs::LogGroup) is added'],
      dangers: [],
    });
  });

  it('names changed settings once for all functions', () => {
    const functions = (variables: object) => ({
      One: lambda(variables),
      Two: lambda(variables),
      Three: lambda(variables),
    });
    expect(plan(functions({ FLAVOR: 'a', GONE: 'x' }), functions({ FLAVOR: 'b' }))).toEqual({
      lines: ['~ 3 functions are changed: Environment', '~ FLAVOR: "a" -> "b"', '~ GONE: "x" -> ""'],
      dangers: [],
    });
  });

  it.each([
    'AWS::ECS::Service',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::S3::Bucket',
    'AWS::SQS::Queue',
    'AWS::Logs::LogGroup',
    'AWS::ApiGatewayV2::Api',
    'AWS::SNS::Topic',
    'AWS::DynamoDB::Table',
  ])('asks before %s is removed', (Type) => {
    const removed = `- Gone (${Type}) is removed`;
    expect(plan({ Gone: { Type, Properties: {} } }, {})).toEqual({ lines: [removed], dangers: [removed] });
  });

  it('does not ask for what neither holds state nor listens', () => {
    expect(plan({ Gone: { Type: 'AWS::CloudWatch::Alarm', Properties: {} } }, {})).toEqual({
      lines: ['- Gone (AWS::CloudWatch::Alarm) is removed'],
      dangers: [],
    });
  });

  it('asks before a table is replaced, and when it leaves the stack', () => {
    const replaced = '! Table (AWS::DynamoDB::Table) is replaced: TableName';
    expect(plan({ Table: table('a') }, { Table: table('b') }).dangers).toEqual([replaced]);
    const kept = '- Table (AWS::DynamoDB::Table) is removed from the stack and kept';
    expect(plan({ Table: table('a') }, {}).dangers).toEqual([kept]);
  });

  it('asks when functions leave the VPC, and when the list of receivers is emptied', () => {
    const receivers = { CONTROLLER_IP_PORT_LIST: '10.1.0.10:5555' };
    const before = { One: lambda(receivers, vpc), Two: lambda(receivers, vpc) };
    expect(plan(before, { One: lambda({}), Two: lambda({}) }).dangers).toEqual([
      '2 functions leave the VPC',
      'CONTROLLER_IP_PORT_LIST is emptied: new amphorae send no heartbeats',
    ]);
  });

  it('asks before the first deployment of a stack', () => {
    expect(planDeployment(null, template({ Table: table('a') }))).toEqual({
      lines: ['+ 1 resources of a new stack are added'],
      dangers: ['there is no stack of this name yet'],
    });
  });
});
