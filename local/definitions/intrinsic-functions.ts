import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { ACCOUNT, functionArn } from '../stepfunctions/names.ts';
import { ServiceFileError } from './errors.ts';

export interface Surroundings {
  readonly region: string;
  readonly functions: ReadonlySet<string>;
  readonly tableName: string;
}

const tableArn = ({ region, tableName }: Surroundings): string =>
  `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${tableName}`;

/** One stream for the table, whenever it was made. */
export const streamArn = (around: Surroundings): string => `${tableArn(around)}/stream/local`;

const attribute = (resource: string, name: string, around: Surroundings): string | null => {
  if (name === 'StreamArn' && resource === 'Table') return streamArn(around);
  if (name !== 'Arn') return null;
  const key = resource.endsWith('LambdaFunction') ? resource.slice(0, -'LambdaFunction'.length) : resource;
  if (around.functions.has(key)) return functionArn(around.region, key);
  return resource === 'Table' ? tableArn(around) : null;
};

const substitute = (text: string, around: Surroundings): string => {
  const values: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': around.region,
    'AWS::AccountId': ACCOUNT,
    'AWS::URLSuffix': 'amazonaws.com',
    Table: around.tableName,
  };
  return text.replace(/\$\{([^}]+)\}/g, (found, name: string) => {
    const [resource = '', attributeName = ''] = name.split('.');
    const value = values[name] ?? attribute(resource, attributeName, around);
    if (value === null) throw new ServiceFileError(`Fn::Sub: ${found} is not known to the local stack.`);
    return value;
  });
};

const call = (name: string, argument: Json, around: Surroundings): Json | undefined => {
  if (name === 'Fn::GetAtt') {
    const parts = typeof argument === 'string' ? argument.split('.') : argument;
    const [resource, attributeName] = Array.isArray(parts) ? parts : [];
    const value = attribute(String(resource), String(attributeName), around);
    if (value === null) throw new ServiceFileError(`Fn::GetAtt: there is no ${resource}.${attributeName}.`);
    return value;
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') return substitute(argument, around);
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return argument[1].map((part) => evaluateFunctions(part, around)).join(String(argument[0]));
  }
  if (name === 'Ref') return substitute(`\${${String(argument)}}`, around);
  return undefined;
};

/** The value with CloudFormation's functions carried out as far as the local stack knows the resources. */
export const evaluateFunctions = (value: Json, around: Surroundings): Json => {
  if (Array.isArray(value)) return value.map((item) => evaluateFunctions(item, around));
  if (!isJsonObject(value)) return value;
  const [only, ...others] = Object.entries(value);
  const result = only && others.length === 0 ? call(only[0], only[1], around) : undefined;
  if (result !== undefined) return result;
  const evaluated: JsonObject = {};
  for (const [key, child] of Object.entries(value)) evaluated[key] = evaluateFunctions(child, around);
  return evaluated;
};
