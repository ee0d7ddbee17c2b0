import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type Json, parseJson, toJson } from '../../json.ts';
import { functionArn } from '../source/function-arns.ts';
import type { Flow } from '../source/service.ts';
import { statementsOf } from './policies.ts';
import { resourcesOf, type Template } from './template.ts';

const getAtt = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });
const machine = z.looseObject({
  StateMachineName: z.string(),
  DefinitionString: z.strictObject({ 'Fn::Sub': z.tuple([z.string(), z.record(z.string(), getAtt)]) }),
});

const functionKey = (reference: z.infer<typeof getAtt>): string =>
  reference['Fn::GetAtt'][0].replace(/LambdaFunction$/, '');

/** A packaged definition with its placeholders filled in as the sources' are. */
const filledIn = (text: string, variables: Readonly<Record<string, z.infer<typeof getAtt>>>): Json =>
  parseJson(
    text.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
      const reference = variables[name];
      return reference === undefined ? placeholder : functionArn(functionKey(reference));
    }),
  );

/**
 * What would be deployed is what was checked, and what the local stack runs: each packaged machine has its flow's name
 * and definition, and there is one for each flow.
 */
export const checkPackagedFlows = (template: Template, flows: readonly Flow[], prefix: string): readonly string[] => {
  const packaged = resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) =>
    machine.parse(Properties),
  );
  const missing = flows
    .filter((flow) => !packaged.some((one) => one.StateMachineName === `${prefix}-${flow.name}`))
    .map((flow) => `${flow.name}: is not packaged as ${prefix}-${flow.name}`);
  const different = packaged.flatMap(({ StateMachineName: name, DefinitionString: { 'Fn::Sub': definition } }) => {
    const flow = flows.find((one) => `${prefix}-${one.name}` === name);
    const same = flow !== undefined && isDeepStrictEqual(filledIn(...definition), toJson(flow.source));
    return same ? [] : [`${name}: is packaged otherwise than its definition says`];
  });
  return [...missing, ...different];
};

const startable = z.looseObject({ 'Fn::Sub': z.string() });

/**
 * A role that starts flows may start each of them, because every starter also admits the first queued operation, and
 * nothing else; the roles name the flows, so they could drift.
 */
export const checkStartPermissions = (
  template: Template,
  flows: readonly Flow[],
  prefix: string,
): readonly string[] => {
  const wanted = flows.map((flow) => `${prefix}-${flow.name}`).sort();
  return resourcesOf(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
    statementsOf(Properties)
      .filter(({ Action }) => Action.includes('states:StartExecution'))
      .map(({ Resource }) => Resource.map((one) => startable.parse(one)['Fn::Sub'].split(':').at(-1) ?? '').sort())
      .filter((names) => !isDeepStrictEqual(names, wanted))
      .map((names) => `${id}: may start ${names.join(', ')} instead of ${wanted.join(', ')}`),
  );
};
