import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Json } from '../json.ts';

const run = promisify(execFile);
const failure = z.object({ stdout: z.string(), stderr: z.string() });

const executable = (root: string): string => realpathSync(join(root, 'node_modules/.bin/osls'));

/** The packager's environment: no credentials and no telemetry, so that nothing can leave the machine. */
const environment = (settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  SLS_TELEMETRY_DISABLED: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
  ...settings,
});

export interface PackageOptions {
  readonly stage: string;
  /** Settings of the deployment, over those of this process. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Packages the service into `<root>/.serverless` as a deployment would, without an account, and answers its
 * CloudFormation template.
 * @throws Error with the packager's own words
 */
export const packageService = async (root: string, options: PackageOptions): Promise<Json> => {
  const { stage, settings } = options;
  try {
    await run(process.execPath, [executable(root), 'package', '--stage', stage], {
      cwd: root,
      env: environment(settings),
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
