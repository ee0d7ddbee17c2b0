import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import * as z from 'zod';

const run = promisify(execFile);
const LIMIT_MS = 170_000;
const MAX_BUFFER = 64 * 1024 * 1024;

const failure = z.object({ code: z.number(), stderr: z.string() });
const values = z.record(z.string(), z.unknown());

const plan = z.object({
  resource_changes: z.array(
    z.object({
      address: z.string(),
      mode: z.enum(['managed', 'data']),
      type: z.string(),
      change: z.object({
        actions: z.array(z.string()),
        before: values.nullable(),
        after: values.nullable(),
        importing: z.object({ id: z.string().optional() }).optional(),
      }),
    }),
  ),
  configuration: z.object({
    root_module: z.object({
      resources: z.array(
        z.object({
          mode: z.enum(['managed', 'data']),
          type: z.string(),
          expressions: values.default({}),
        }),
      ),
    }),
  }),
});
export type Plan = z.infer<typeof plan>;

const state = z.object({
  values: z
    .object({
      root_module: z.object({
        resources: z
          .array(z.object({ address: z.string(), mode: z.enum(['managed', 'data']), type: z.string(), values }))
          .default([]),
      }),
    })
    .optional(),
});
export type Resource = NonNullable<z.infer<typeof state>['values']>['root_module']['resources'][number];

const attribute = z.object({ required: z.boolean().optional(), optional: z.boolean().optional() });
const block = z.object({
  attributes: z.record(z.string(), attribute).default({}),
  block_types: z.record(z.string(), z.unknown()).default({}),
});
const schemas = z.object({
  provider_schemas: z.record(
    z.string(),
    z.object({
      resource_schemas: z.record(z.string(), z.object({ block })),
      data_source_schemas: z.record(z.string(), z.object({ block })),
    }),
  ),
});

export type Variables = Readonly<Record<string, string>>;

export interface Terraform {
  /** What a configuration may say, by the type of a resource or data source: its attributes and blocks. */
  schema(): Promise<Record<'resources' | 'dataSources', Readonly<Record<string, readonly string[]>>>>;
  /** @param variables besides those it was opened with */
  plan(variables?: Variables): Promise<Plan>;
  /** Applies what the last plan says, ten things at once. */
  apply(): Promise<void>;
  destroy(variables?: Variables): Promise<void>;
  /** What is in the state. */
  resources(): Promise<readonly Resource[]>;
  forget(addresses: readonly string[]): Promise<void>;
}

export interface TerraformOptions {
  readonly program: string;
  /** Folder with the provider's program; no registry is asked. */
  readonly providers: string;
  /** Folder with the configuration, of which a copy is used. */
  readonly configuration: string;
  /** An empty folder for all that comes of it. */
  readonly folder: string;
  readonly cloudsFile: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Where the provider writes every request and answer, secrets left out. @default nowhere */
  readonly logFile?: string;
}

const assigned = (variables: Variables): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);

/** The unmodified `terraform` command with one configuration. */
export const openTerraform = async (options: TerraformOptions): Promise<Terraform> => {
  const { program, providers, configuration, folder, cloudsFile, variables, logFile } = options;
  const settings = join(folder, 'terraform.rc');
  await cp(configuration, folder, { recursive: true });
  await writeFile(
    settings,
    `provider_installation {
  dev_overrides { "terraform-provider-openstack/openstack" = ${JSON.stringify(providers)} }
  direct { exclude = ["*/*/*"] }
}
`,
  );
  await writeFile(join(folder, 'values.auto.tfvars.json'), JSON.stringify(variables));
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    OS_CLIENT_CONFIG_FILE: cloudsFile,
    TF_CLI_CONFIG_FILE: settings,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    ...(logFile !== undefined && { TF_LOG_PROVIDER: 'DEBUG', TF_LOG_PATH: logFile, OS_DEBUG: '1' }),
  };

  /** @throws Error with what it wrote to standard error */
  const terraform = async (...words: readonly string[]): Promise<string> => {
    try {
      const ran = await run(program, words, { cwd: folder, env, timeout: LIMIT_MS, maxBuffer: MAX_BUFFER });
      return ran.stdout;
    } catch (error) {
      const known = failure.safeParse(error);
      if (!known.success) throw error;
      const { code, stderr } = known.data;
      throw new Error(`terraform ${words.join(' ')}: exit code ${code}, ${stripVTControlCharacters(stderr).trim()}`);
    }
  };
  const shown = async <S extends z.ZodType>(schema: S, ...words: readonly string[]): Promise<z.infer<S>> =>
    schema.parse(JSON.parse(await terraform(...words)));

  const settable = (of: Readonly<Record<string, { readonly block: z.infer<typeof block> }>>) =>
    Object.fromEntries(
      Object.entries(of).map(
        ([
          type,
          {
            block: { attributes, block_types },
          },
        ]) => [
          type,
          [
            ...Object.keys(attributes).filter((name) => attributes[name]?.required || attributes[name]?.optional),
            ...Object.keys(block_types),
          ],
        ],
      ),
    );

  return {
    async schema() {
      const [provider] = Object.values((await shown(schemas, 'providers', 'schema', '-json')).provider_schemas);
      if (provider === undefined) throw new Error('terraform knows no provider');
      return { resources: settable(provider.resource_schemas), dataSources: settable(provider.data_source_schemas) };
    },
    async plan(more = {}) {
      await terraform('plan', '-no-color', '-input=false', '-out=plan', ...assigned(more));
      return shown(plan, 'show', '-json', 'plan');
    },
    async apply() {
      await terraform('apply', '-no-color', '-input=false', '-parallelism=10', 'plan');
    },
    async destroy(more = {}) {
      await terraform('destroy', '-no-color', '-input=false', '-parallelism=10', '-auto-approve', ...assigned(more));
    },
    resources: async () => (await shown(state, 'show', '-json')).values?.root_module.resources ?? [],
    async forget(addresses) {
      await terraform('state', 'rm', '-no-color', ...addresses);
    },
  };
};

/** What the plan would do to what is managed, an action and an address each; nothing where it finds no difference. */
export const changesOf = ({ resource_changes }: Plan): readonly string[] =>
  resource_changes
    .filter(({ mode, change }) => mode === 'managed' && change.actions.some((action) => action !== 'no-op'))
    .map(({ address, change }) => `${change.actions.join('/')} ${address}`);
