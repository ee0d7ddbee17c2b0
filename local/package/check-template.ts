import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { SpecDatabase } from '@aws-cdk/service-spec-types';
import { checkAlarms } from './template/alarms.ts';
import { checkEnvironments, ENVIRONMENT_LIMIT, largestEnvironment } from './template/environments.ts';
import { checkPolicies } from './template/policies.ts';
import { checkProtection } from './template/protection.ts';
import { checkReferences } from './template/references.ts';
import { checkStreams } from './template/streams.ts';
import type { Template } from './template/template.ts';
import { checkProperties } from './template/values.ts';

let loaded: SpecDatabase | undefined;

/** Half a second to unpack, so once. */
const specification = (): SpecDatabase => {
  loaded ??= loadAwsServiceSpecSync();
  return loaded;
};

const checkResources = (db: SpecDatabase, template: Template): readonly string[] =>
  Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const [spec] = db.lookup('resource', 'cloudFormationType', 'equals', Type);
    return spec === undefined
      ? [`${id}: there is no type ${Type}`]
      : checkProperties(db, Properties, spec.properties, id);
  });

/**
 * A template against AWS's own specification of its resource types, offline, and against the house's rules.
 * @returns problems by check
 */
export const checkTemplate = (template: Template): Readonly<Record<string, readonly string[]>> => {
  const db = specification();
  return {
    'resource types, properties and values': checkResources(db, template),
    'references and order': checkReferences(db, template),
    'least privilege': checkPolicies(template),
    [`secrets by name only, environments of ${largestEnvironment(template)} of ${ENVIRONMENT_LIMIT} bytes`]:
      checkEnvironments(template),
    'what holds state or listens is protected': checkProtection(template),
    'alarms notify and watch everything': checkAlarms(template),
    'streams lose nothing': checkStreams(template),
  };
};
