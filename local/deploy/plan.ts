import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import * as z from 'zod';
import type { Template } from '../package/template/template.ts';

/** What a deployment would do to a stack. */
export interface Plan {
  /** What is added, changed, replaced and removed, a line each. */
  readonly lines: readonly string[];
  /** What must not happen by mistake, a line each. */
  readonly dangers: readonly string[];
}

/** Types that listen, or that others know by their address or name; types with state are known to AWS's specification. */
const LISTENS = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::EC2::SecurityGroup',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::EventBus',
  'AWS::SNS::Topic',
]);

const isGuarded = (type: string): boolean => {
  if (LISTENS.has(type)) return true;
  const [spec] = loadAwsServiceSpecSync().lookup('resource', 'cloudFormationType', 'equals', type);
  return spec?.isStateful === true;
};

const MARKS: Readonly<Partial<Record<ResourceImpact, readonly [mark: string, word: string]>>> = {
  [ResourceImpact.WILL_CREATE]: ['+', 'added'],
  [ResourceImpact.WILL_UPDATE]: ['~', 'changed'],
  [ResourceImpact.MAY_REPLACE]: ['!', 'perhaps replaced'],
  [ResourceImpact.WILL_REPLACE]: ['!', 'replaced'],
  [ResourceImpact.WILL_ORPHAN]: ['-', 'removed from the stack and kept'],
  [ResourceImpact.WILL_DESTROY]: ['-', 'removed'],
};
const HARMLESS = new Set<ResourceImpact>([ResourceImpact.WILL_CREATE, ResourceImpact.WILL_UPDATE]);

interface Change {
  readonly id: string;
  readonly type: string;
  readonly impact: ResourceImpact;
  readonly properties: readonly string[];
  readonly leavesVpc: boolean;
}

const FUNCTION = 'AWS::Lambda::Function';

const toChange = (id: string, difference: ResourceDifference): Change => ({
  id,
  type: difference.oldResourceType ?? difference.newResourceType ?? '',
  impact: difference.changeImpact,
  properties: difference.isUpdate
    ? [...Object.keys(difference.propertyUpdates), ...Object.keys(difference.otherChanges)].sort()
    : [],
  leavesVpc: difference.isUpdate && difference.propertyUpdates.VpcConfig?.isRemoval === true,
});

/** Where a package is uploaded to has the time in its name, so it always differs. */
const withoutUploads = (template: Template): Template => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => {
      if (resource.Type !== FUNCTION) return [id, resource] as const;
      const { Code: _code, ...Properties } = resource.Properties;
      return [id, { ...resource, Properties }] as const;
    }),
  ),
});

const line = ({ id, type, impact, properties }: Change): string => {
  const [mark = '?', word = impact] = MARKS[impact] ?? [];
  const which = properties.length === 0 ? '' : `: ${properties.join(', ')}`;
  return `${mark} ${id} (${type}) is ${word}${which}`;
};

/** Functions that change in the same way are one line. */
const linesOf = (changes: readonly Change[]): readonly string[] => {
  const isChangedFunction = ({ type, impact }: Change) => type === FUNCTION && impact === ResourceImpact.WILL_UPDATE;
  const alike = Map.groupBy(changes.filter(isChangedFunction), ({ properties }) => properties.join(', '));
  return [
    ...changes.filter((change) => !isChangedFunction(change)).map(line),
    ...[...alike].map(([properties, group]) =>
      group.length === 1 ? group.map(line).join() : `~ ${group.length} functions are changed: ${properties}`,
    ),
  ];
};

const functionEnvironment = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
});

/** Settings of all functions together; none holds a secret. */
const settingsOf = (template: Template): ReadonlyMap<string, string> =>
  new Map(
    Object.values(template.Resources)
      .filter(({ Type }) => Type === FUNCTION)
      .flatMap(({ Properties }) => Object.entries(functionEnvironment.parse(Properties).Environment.Variables))
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

const changedSettings = (deployed: Template, packaged: Template) => {
  const [before, after] = [settingsOf(deployed), settingsOf(packaged)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((name) => ({ name, before: before.get(name) ?? '', after: after.get(name) ?? '' }))
    .filter(({ before: was, after: is }) => was !== is);
};

/**
 * Compares the packaged template with the deployed one. Uploaded code counts as no change: it has another name each time.
 * @param deployed null: there is no stack
 */
export const planDeployment = (deployed: Template | null, packaged: Template): Plan => {
  if (deployed === null) {
    const count = Object.keys(packaged.Resources).length;
    return {
      lines: [`+ ${count} resources of a new stack are added`],
      dangers: ['there is no stack of this name yet'],
    };
  }
  const difference = fullDiff(structuredClone(withoutUploads(deployed)), structuredClone(withoutUploads(packaged)));
  const changes = Object.entries(difference.resources.changes)
    .map(([id, change]) => toChange(id, change))
    .filter(({ impact }) => impact !== ResourceImpact.NO_CHANGE);
  const settings = changedSettings(deployed, packaged);
  const leaving = changes.filter(({ leavesVpc }) => leavesVpc).length;
  return {
    lines: [
      ...linesOf(changes),
      ...settings.map(({ name, before, after }) => `~ ${name}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`),
    ],
    dangers: [
      ...changes.filter(({ impact, type }) => !HARMLESS.has(impact) && isGuarded(type)).map(line),
      ...(leaving === 0 ? [] : [`${leaving} functions leave the VPC`]),
      ...settings
        .filter(({ name, after }) => name === 'CONTROLLER_IP_PORT_LIST' && after === '')
        .map(() => 'CONTROLLER_IP_PORT_LIST is emptied: new amphorae send no heartbeats'),
    ],
  };
};
