import { expect, test } from 'vitest';
import type { Json } from '../../../../../local/json.ts';
import { functionArn } from '../../../../../local/package/source/function-arns.ts';
import type { Flow } from '../../../../../local/package/source/service.ts';
import { checkPackagedFlows, checkStartPermissions } from '../../../../../local/package/template/flows.ts';
import { readTemplate } from '../../../../../local/package/template/template.ts';
import { definitionSchema } from '../../../../../local/stepfunctions/engine/definition.ts';

const definition = (resource: string): Json => ({
  StartAt: 'A',
  States: { A: { Type: 'Task', Resource: resource, End: true } },
});
const source = definition(functionArn('ComputeCreate'));
const flow: Flow = { name: 'create-amphora', source, definition: definitionSchema.parse(source) };

/** What the packager leaves in the place of a function. */
const PLACEHOLDER = `\${${'a1'}}`;

const packaged = (name: string, key: string) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: name,
    DefinitionString: {
      'Fn::Sub': [JSON.stringify(definition(PLACEHOLDER)), { a1: { 'Fn::GetAtt': [`${key}LambdaFunction`, 'Arn'] } }],
    },
  },
});
const check = (machine: object) => checkPackagedFlows(readTemplate({ Resources: { M: machine } }), [flow], 'app-dev');

test('a packaged machine passes with the name and the definition of its flow', () => {
  expect(check(packaged('app-dev-create-amphora', 'ComputeCreate'))).toEqual([]);
});

test('a machine that calls another function, or has another name, fails', () => {
  expect(check(packaged('app-dev-create-amphora', 'ComputeDelete'))).toHaveLength(1);
  expect(check(packaged('app-dev-other', 'ComputeCreate'))).toHaveLength(2);
});

test('a role may start each flow and nothing else', () => {
  const role = (...names: string[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: 'states:StartExecution',
                Resource: names.map((name) => ({ 'Fn::Sub': `arn:x:states:::stateMachine:${name}` })),
              },
            ],
          },
        },
      ],
    },
  });
  const started = (...names: string[]) =>
    checkStartPermissions(readTemplate({ Resources: { R: role(...names) } }), [flow], 'app-dev');
  expect(started('app-dev-create-amphora')).toEqual([]);
  expect(started('app-dev-create-amphora', 'app-dev-other')).toHaveLength(1);
  expect(started('app-dev-other')).toHaveLength(1);
});
