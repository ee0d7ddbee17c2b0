import { expect, test } from 'vitest';
import { checkNeeds } from '../../../../../local/package/template/needs.ts';
import { readTemplate } from '../../../../../local/package/template/template.ts';

const LOGS = { Action: 'logs:PutLogEvents', Resource: { 'Fn::GetAtt': ['ComputeDeleteLogGroup', 'Arn'] } };
const CLOUDS = { Action: 'secretsmanager:GetSecretValue', Resource: { 'Fn::Sub': 'arn:x:secret:app/clouds-??????' } };

const problemsOf = (inputs: readonly string[], statements: readonly object[]) => {
  const template = readTemplate({
    Resources: {
      ComputeDeleteLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: { 'Fn::GetAtt': ['R', 'Arn'] } },
      },
      R: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [{ PolicyDocument: { Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) } }],
        },
      },
    },
  });
  const entry = { key: 'ComputeDelete', source: '', bundle: '', packaged: '', timeout: 60, hasEvents: false };
  return checkNeeds(template, [{ entry, bytes: 1, sdkBytes: 0, outside: [], inputs }]);
};

test('a role that allows what the code in the bundle needs passes', () => {
  expect(problemsOf(['lib/openstack/session.ts'], [LOGS, CLOUDS])).toEqual([]);
  expect(problemsOf(['lib/models/statuses.ts'], [LOGS])).toEqual([]);
});

test('a role that lacks something fails', () => {
  expect(problemsOf(['lib/openstack/session.ts'], [LOGS])).toEqual([
    "ComputeDelete: its role lacks the cloud's secret",
  ]);
  expect(problemsOf(['lib/upkeep/drift/repair.ts'], [LOGS])).toEqual([
    'ComputeDelete: its role lacks the index of projects and spares',
  ]);
  expect(problemsOf(['lib/amphora/heartbeat-settings.ts'], [LOGS])).toEqual([
    'ComputeDelete: its role lacks the heartbeat key',
  ]);
  expect(problemsOf([], [])).toEqual(['ComputeDelete: its role lacks its log group']);
});

test('a role that allows what no code uses fails', () => {
  expect(problemsOf([], [LOGS, CLOUDS])).toEqual([
    "ComputeDelete: its role allows the cloud's secret, which its code never uses",
  ]);
});
