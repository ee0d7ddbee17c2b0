import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';
import { isObject } from '../../json.ts';

/** A value that CloudFormation works out itself; what it refers to is checked elsewhere. */
const isIntrinsic = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys.every((key) => key === 'Ref' || key.startsWith('Fn::'));
};

const isNumeric = (value: unknown, whole: boolean): boolean => {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return false;
  return whole ? Number.isInteger(Number(value)) : Number.isFinite(Number(value));
};

const isText = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const isTag = (value: unknown): boolean => isObject(value) && isText(value.Key) && isText(value.Value);

const expect = (fits: boolean, path: string, wanted: string): readonly string[] =>
  fits ? [] : [`${path}: is no ${wanted}`];

/** Checks a value against a type of the specification; answers what does not fit, by path. */
export const checkValue = (db: SpecDatabase, value: unknown, type: PropertyType, path: string): readonly string[] => {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'string':
    case 'date-time':
      return expect(isText(value), path, 'text');
    case 'integer':
      return expect(isNumeric(value, true), path, 'whole number');
    case 'number':
      return expect(isNumeric(value, false), path, 'number');
    case 'boolean':
      return expect(typeof value === 'boolean' || value === 'true' || value === 'false', path, 'boolean');
    case 'json':
      return expect(typeof value === 'object' && value !== null, path, 'object');
    case 'null':
      return expect(value === null, path, 'null');
    case 'tag':
      return expect(isTag(value), path, 'tag');
    case 'array':
      if (!Array.isArray(value)) return [`${path}: is no list`];
      return value.flatMap((item, index) => checkValue(db, item, type.element, `${path}[${index}]`));
    case 'map':
      if (!isObject(value)) return [`${path}: is no map`];
      return Object.entries(value).flatMap(([key, item]) => checkValue(db, item, type.element, `${path}.${key}`));
    case 'union':
      return checkUnion(db, value, type.types, path);
    case 'ref':
      return checkProperties(db, value, db.get('typeDefinition', type.reference).properties, path);
  }
};

/** Any alternative will do; free JSON counts only where nothing else describes an object or a list. */
const checkUnion = (db: SpecDatabase, value: unknown, types: readonly PropertyType[], path: string) => {
  const shaped = types.filter((type) => type.type !== 'json');
  const structured = shaped.some((type) => ['ref', 'array', 'map'].includes(type.type));
  const outcomes = (structured ? shaped : types).map((type) => checkValue(db, value, type, path));
  return outcomes.find((outcome) => outcome.length === 0) ?? outcomes[0] ?? [];
};

const checkProperty = (db: SpecDatabase, value: unknown, property: Property, path: string): readonly string[] => {
  const outcomes = [property.type, ...(property.previousTypes ?? [])].map((type) => checkValue(db, value, type, path));
  return outcomes.find((outcome) => outcome.length === 0) ?? outcomes[0] ?? [];
};

/** Every property exists in the specification and fits its type, and the required ones are there. */
export const checkProperties = (
  db: SpecDatabase,
  value: unknown,
  properties: Readonly<Record<string, Property>>,
  path: string,
): readonly string[] => {
  if (!isObject(value)) return [`${path}: is no object`];
  const missing = Object.entries(properties)
    .filter(([name, property]) => property.required === true && !(name in value))
    .map(([name]) => `${path}: lacks ${name}`);
  const present = Object.entries(value).flatMap(([name, item]) => {
    const property = properties[name];
    return property === undefined
      ? [`${path}: has no property ${name}`]
      : checkProperty(db, item, property, `${path}.${name}`);
  });
  return [...missing, ...present];
};
