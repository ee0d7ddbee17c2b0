import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parametersOf } from '../../../../lib/settings/stage.ts';
import { readService } from '../../../../local/definitions/definitions.ts';
import { isObject } from '../../../../local/json.ts';
import { writeParameters } from '../../../../local/package/osls.ts';

const environment = { PATH: process.env.PATH, HOME: process.env.HOME, SLS_NOTIFICATIONS_MODE: 'off' };

/** The configuration as the packaging tool sees it, with its own defaults added. */
const printed = async (): Promise<unknown> => {
  await writeParameters(process.cwd(), { stage: 'dev', parameters: parametersOf(environment) });
  const tool = realpathSync('node_modules/.bin/osls');
  const { stdout } = await promisify(execFile)(process.execPath, [tool, 'print', '--format', 'json'], {
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout);
};

const section = (service: unknown, name: string): unknown => (isObject(service) ? service[name] : undefined);
const asObject = (value: unknown): Record<string, unknown> => {
  if (!isObject(value)) throw new Error(`${JSON.stringify(value)} is not a section`);
  return value;
};

test('every variable gets the value the packaging tool gives it', async () => {
  const theirs = await printed();
  const { service: ours } = readService({ file: 'serverless.yml', environment });
  for (const name of ['provider', 'custom', 'functions', 'stepFunctions']) {
    expect(section(theirs, name), name).toMatchObject({ ...asObject(section(ours, name)) });
  }
  const resources = section(ours, 'resources');
  const parts = Array.isArray(resources) ? resources : [resources];
  for (const part of parts) expect(section(theirs, 'resources')).toMatchObject(part);
});
