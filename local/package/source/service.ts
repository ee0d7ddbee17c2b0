import { join } from 'node:path';
import * as z from 'zod';
import { readService } from '../../definitions/definitions.ts';
import type { Json } from '../../json.ts';
import { type Definition, definitionSchema } from '../../stepfunctions/engine/definition.ts';
import { withFunctionArns } from './function-arns.ts';

/** A function as functions/tables/functions.ts has it. */
export interface FunctionEntry {
  readonly key: string;
  /** `functions/<concern>/<file>.ts` */
  readonly source: string;
  /** `dist/functions/<concern>/<file>.mjs` */
  readonly bundle: string;
  /** The one file its package holds. */
  readonly packaged: string;
  /** Seconds. */
  readonly timeout: number;
  /** True for a function that something other than a flow calls. */
  readonly hasEvents: boolean;
}

export interface Flow {
  /** The machine's name without its prefix: a name of lib/models/flows.ts. */
  readonly name: string;
  /** As the validators of the state language want it: plain JSON, with ARNs for functions. */
  readonly source: Json;
  readonly definition: Definition;
}

export interface Service {
  /** What every name in the account starts with: service and stage. */
  readonly prefix: string;
  readonly functions: readonly FunctionEntry[];
  readonly flows: readonly Flow[];
  /** Settings every function gets. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const serviceFile = z.looseObject({
  provider: z.looseObject({ environment: z.record(z.string(), z.unknown()) }),
  custom: z.looseObject({ prefix: z.string() }),
  functions: z.record(
    z.string(),
    z.looseObject({
      handler: z.string().regex(/^dist\/functions\/[a-z0-9/-]+\.handler$/),
      timeout: z.int(),
      package: z.strictObject({ patterns: z.array(z.string()).length(1) }),
      events: z.array(z.unknown()).default([]),
    }),
  ),
  stepFunctions: z.looseObject({
    stateMachines: z.record(z.string(), z.looseObject({ name: z.string(), definition: z.json() })),
  }),
});

type File = z.infer<typeof serviceFile>;

const functionEntry = ([key, entry]: [string, File['functions'][string]]): FunctionEntry => {
  const file = entry.handler.replace(/\.handler$/, '');
  return {
    key,
    source: `${file.replace(/^dist\//, '')}.ts`,
    bundle: `${file}.mjs`,
    packaged: entry.package.patterns.join(),
    timeout: entry.timeout,
    hasEvents: entry.events.length > 0,
  };
};

/**
 * The service as it would be deployed with no settings in the environment.
 * @throws ZodError something is not as it must be, a definition that is not in the state language included
 */
export const loadService = (root: string, stage: string): Service => {
  const { service } = readService({ file: join(root, 'serverless.yml'), stage, environment: {} });
  const { provider, custom, functions, stepFunctions } = serviceFile.parse(service);
  return {
    prefix: custom.prefix,
    functions: Object.entries(functions).map(functionEntry),
    flows: Object.values(stepFunctions.stateMachines).map((machine) => {
      const source = withFunctionArns(machine.definition);
      return {
        name: machine.name.replace(`${custom.prefix}-`, ''),
        source,
        definition: definitionSchema.parse(source),
      };
    }),
    settings: provider.environment,
  };
};
