import { expect, test } from 'vitest';
import { checkStreams } from '../../../../../local/package/template/streams.ts';
import { readTemplate } from '../../../../../local/package/template/template.ts';

const streamArn = { 'Fn::GetAtt': ['Table', 'StreamArn'] };
const queueArn = { 'Fn::GetAtt': ['Queue', 'Arn'] };
const statement = (Action: readonly string[], Resource: object) => ({ Effect: 'Allow', Action, Resource: [Resource] });
const reading = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`);

const sound = () => ({
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }] },
  },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [
        { PolicyDocument: { Statement: [statement(reading, streamArn), statement(['sqs:SendMessage'], queueArn)] } },
      ],
    },
  },
  Function: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: streamArn,
      FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRecordAgeInSeconds: 79_200,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
      FilterCriteria: { Filters: [{ Pattern: '{}' }] },
    },
  },
});

const problemsOf = (changes: Readonly<Record<string, object>>): readonly string[] =>
  checkStreams(readTemplate({ Resources: { ...sound(), ...changes } }));

test('a stream that is there, may be read, and has a watched place for what fails passes', () => {
  expect(problemsOf({})).toEqual([]);
});

test('a table without a stream of both images fails', () => {
  const StreamSpecification = { StreamViewType: 'KEYS_ONLY' };
  const Table = { Type: 'AWS::DynamoDB::Table', Properties: { StreamSpecification } };
  expect(problemsOf({ Table })).toEqual(['Mapping: Table has no stream with new and old images']);
});

test('a role that may not read the stream, or not put aside what fails, fails', () => {
  const Statement = [statement(reading.slice(1), streamArn)];
  const Role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement } }] } };
  expect(problemsOf({ Role })).toEqual([
    'Mapping: Role lacks dynamodb:DescribeStream on the stream',
    'Mapping: Role may not put anything into Queue',
  ]);
});

test('a queue that no alarm looks at fails', () => {
  expect(problemsOf({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} } })).toEqual([
    'Mapping: no alarm looks at Queue',
  ]);
});

test('a mapping that drops a batch for one record fails', () => {
  const { Mapping } = sound();
  const { FunctionResponseTypes: _without, ...Properties } = Mapping.Properties;
  expect(problemsOf({ Mapping: { ...Mapping, Properties } })).toHaveLength(1);
});
