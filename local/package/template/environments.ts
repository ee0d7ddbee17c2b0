import * as z from 'zod';
import { resourcesOf, type Template } from './template.ts';

const functionProperties = z.looseObject({
  Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }),
});

/** Settings that would hold a secret if they were given instead of named. */
const SENSITIVE = /(_KEY|PASSWORD|PASSPHRASE|_SECRET|CERTIFICATE)$/;
/** Not a dynamic reference: CloudFormation writes what it resolves into the function's configuration. */
const NAMED = /^secret:/;
const EXEMPT = new Set(['OS_CLOUDS_SECRET']);

const taskProperties = z.looseObject({
  ContainerDefinitions: z.array(
    z.looseObject({
      Name: z.string(),
      User: z.string().default('root'),
      ReadonlyRootFilesystem: z.boolean().default(false),
      Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
    }),
  ),
});

/** Bytes of all names and values together that Lambda accepts. */
export const ENVIRONMENT_LIMIT = 4096;

type Variables = Readonly<Record<string, unknown>>;

const variablesOf = (properties: unknown): Variables => functionProperties.parse(properties).Environment.Variables;
const bytesOf = (variables: Variables): number => Buffer.byteLength(JSON.stringify(variables));

/** So many settings are named when an environment has too many bytes. */
const NAMED_SETTINGS = 3;

const longest = (variables: Variables): string =>
  Object.entries(variables)
    .map(([name, value]) => ({ name, bytes: bytesOf({ [name]: value }) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED_SETTINGS)
    .map(({ name, bytes }) => `${name} with ${bytes}`)
    .join(', ');

const checkVariables = (variables: Variables): readonly string[] => {
  const given = Object.entries(variables)
    .filter(([name, value]) => SENSITIVE.test(name) && !EXEMPT.has(name) && value !== '' && !NAMED.test(String(value)))
    .map(([name]) => `${name} is given instead of named`);
  const bytes = bytesOf(variables);
  return bytes > ENVIRONMENT_LIMIT
    ? [
        ...given,
        `its environment has ${bytes} bytes, at most ${ENVIRONMENT_LIMIT} are allowed; the longest are ${longest(variables)}`,
      ]
    : given;
};

/** Bytes of the largest environment of a function. */
export const largestEnvironment = (template: Template): number =>
  Math.max(
    0,
    ...resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => bytesOf(variablesOf(Properties))),
  );

const checkContainers = (properties: unknown): readonly string[] =>
  taskProperties
    .parse(properties)
    .ContainerDefinitions.flatMap(({ Name: container, User, ReadonlyRootFilesystem, Environment }) => [
      ...(/^(root|0)(:|$)/.test(User) ? [`${container} runs as root`] : []),
      ...(ReadonlyRootFilesystem ? [] : [`${container} can write to its own files`]),
      ...Environment.filter(({ Name, Value }) => SENSITIVE.test(Name) && Value !== '').map(
        ({ Name }) => `${container}: ${Name} is given instead of named`,
      ),
    ]);

/**
 * No secret is in the template, every function's environment is small enough, and no container can do more than it must.
 * Names settings, never values.
 */
export const checkEnvironments = (template: Template): readonly string[] => [
  ...resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) =>
    checkVariables(variablesOf(Properties)).map((problem) => `${id}: ${problem}`),
  ),
  ...resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(([id, { Properties }]) =>
    checkContainers(Properties).map((problem) => `${id}: ${problem}`),
  ),
];
