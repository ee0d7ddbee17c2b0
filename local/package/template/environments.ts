import * as z from 'zod';
import { resourcesOf, type Template } from './template.ts';

const functionProperties = z.looseObject({
  Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }),
});

/** Settings that would hold a secret if they were given instead of named. */
const SENSITIVE = /(_KEY|PASSWORD|PASSPHRASE|_SECRET|CERTIFICATE)$/;
const NAMED = /^(secret:|\{\{resolve:secretsmanager:)/;
const EXEMPT = new Set(['OS_CLOUDS_SECRET']);

/** Bytes of all names and values together that Lambda accepts. */
const MAX_BYTES = 4096;

const checkVariables = (variables: Readonly<Record<string, unknown>>): readonly string[] => {
  const given = Object.entries(variables)
    .filter(([name, value]) => SENSITIVE.test(name) && !EXEMPT.has(name) && value !== '' && !NAMED.test(String(value)))
    .map(([name]) => `${name} is given instead of named`);
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  return bytes > MAX_BYTES ? [...given, `its environment has ${bytes} bytes, at most ${MAX_BYTES} are allowed`] : given;
};

/** No secret is in the template, and every environment is small enough. Names settings, never values. */
export const checkEnvironments = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) =>
    checkVariables(functionProperties.parse(Properties).Environment.Variables).map((problem) => `${id}: ${problem}`),
  );
