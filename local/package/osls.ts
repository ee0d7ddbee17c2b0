import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Json } from '../json.ts';

const run = promisify(execFile);
const failure = z.object({ stdout: z.string(), stderr: z.string() });

const executable = (root: string): string => realpathSync(join(root, 'node_modules/.bin/osls'));

/** The packager's environment: no credentials and no telemetry, so that nothing can leave the machine. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  SLS_TELEMETRY_DISABLED: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
});

export interface PackageOptions {
  readonly stage: string;
  /** What `${param:...}` stands for in the service file: `parametersOf` of lib/settings/stage.ts. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Writes the parameters of one stage to where the service file reads them, and no other stage's. */
export const writeParameters = async (root: string, { stage, parameters }: PackageOptions): Promise<void> => {
  const path = join(root, 'dist', 'parameters.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ [stage]: parameters }));
};

/**
 * Packages the service into `<root>/.serverless` as a deployment would, without an account.
 * @returns its CloudFormation template
 * @throws Error with the packager's own words
 */
export const packageService = async (root: string, options: PackageOptions): Promise<Json> => {
  await writeParameters(root, options);
  try {
    await run(process.execPath, [executable(root), 'package', '--stage', options.stage], {
      cwd: root,
      env: environment(),
    });
  } catch (error) {
    const said = failure.safeParse(error);
    throw said.success ? new Error(`${said.data.stdout}\n${said.data.stderr}`.trim()) : error;
  }
  const template: Json = JSON.parse(
    await readFile(join(root, '.serverless', 'cloudformation-template-update-stack.json'), 'utf8'),
  );
  return template;
};

/** The command line, without Node, that deploys what `packageService` packaged. */
export const deployArguments = (root: string, stage: string): readonly string[] => [
  executable(root),
  'deploy',
  '--stage',
  stage,
  '--package',
  join(root, '.serverless'),
];
