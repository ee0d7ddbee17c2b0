import * as z from 'zod';
import { resourcesOf, type Template } from './template.ts';

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((value) => [value])]);

const statement = z.looseObject({
  Effect: z.literal('Allow'),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()),
});
const role = z.looseObject({
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z.array(z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(statement) }) })).default([]),
});
export type Statement = z.infer<typeof statement>;

/** AWS knows no resource for these; the first ones set up a flow's log delivery. */
const WITHOUT_RESOURCE = new Set([
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  // Signs in to the registry as a whole; what may be pulled is named by its repository.
  'ecr:GetAuthorizationToken',
]);

/** What a role allows by its own policies. */
export const statementsOf = (properties: unknown): readonly Statement[] =>
  role.parse(properties).Policies.flatMap((policy) => policy.PolicyDocument.Statement);

/** A function's versions and aliases, which the flow's plugin allows with it. */
const QUALIFIED = /^\{"Fn::Sub":\["\$\{functionArn\}:\*",/;

/** The executions of one named flow, each of which has a name of its own. */
const EXECUTIONS = /:execution:[\w-]+:\*"\}$/;

const checkStatement = ({ Action, Resource }: Statement): readonly string[] => {
  const problems = Action.filter((action) => action.includes('*')).map((action) => `allows ${action}`);
  for (const resource of Resource) {
    const text = JSON.stringify(resource);
    if (resource === '*' && Action.every((action) => WITHOUT_RESOURCE.has(action))) continue;
    if (text.includes('*') && !QUALIFIED.test(text) && !EXECUTIONS.test(text))
      problems.push(`allows ${Action.join(', ')} on ${text}`);
  }
  return problems;
};

/** No role may do more than it names: no wildcard in an action, and none in a resource where AWS has an ARN for it. */
export const checkPolicies = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) => {
    const parsed = role.safeParse(Properties);
    if (!parsed.success) return [`${id}: ${z.prettifyError(parsed.error)}`];
    return statementsOf(Properties)
      .flatMap(checkStatement)
      .map((problem) => `${id}: ${problem}`);
  });
