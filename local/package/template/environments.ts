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
const MAX_BYTES = 4096;

const checkVariables = (variables: Readonly<Record<string, unknown>>): readonly string[] => {
  const given = Object.entries(variables)
    .filter(([name, value]) => SENSITIVE.test(name) && !EXEMPT.has(name) && value !== '' && !NAMED.test(String(value)))
    .map(([name]) => `${name} is given instead of named`);
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  return bytes > MAX_BYTES ? [...given, `its environment has ${bytes} bytes, at most ${MAX_BYTES} are allowed`] : given;
};

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
    checkVariables(functionProperties.parse(Properties).Environment.Variables).map((problem) => `${id}: ${problem}`),
  ),
  ...resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(([id, { Properties }]) =>
    checkContainers(Properties).map((problem) => `${id}: ${problem}`),
  ),
];
