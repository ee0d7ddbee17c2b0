import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ineffective, readStage } from '../../lib/settings/stage.ts';

const FOLDER = 'stages';
const STAGE = /^[a-z][a-z0-9-]{0,29}$/;

/** A stage cannot be packaged or deployed. The message has a line for each reason. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

/** A stage, and its file relative to the root. */
export interface Target {
  readonly stage: string;
  readonly path: string;
}

/**
 * The settings of a stage's file.
 * @throws StageError each line names the file, and the setting, its value and what is allowed
 */
export const readStageFile = (root: string, { path }: Pick<Target, 'path'>): Readonly<Record<string, string>> => {
  const { values, problems } = readStage(readFileSync(join(root, path), 'utf8'));
  if (problems.length > 0) throw new StageError(problems.map((problem) => `${path}: ${problem}`).join('\n'));
  return values;
};

const present = (root: string): string =>
  readdirSync(join(root, FOLDER))
    .filter((name) => name.endsWith('.yml'))
    .join(', ');

/** A stage by its name. @throws StageError it has no file */
export const stageTarget = (root: string, stage: string): Target => {
  if (!STAGE.test(stage))
    throw new StageError(`--stage: must be at most 30 lower-case letters, digits and hyphens, is "${stage}"`);
  const path = `${FOLDER}/${stage}.yml`;
  if (!existsSync(join(root, path)))
    throw new StageError(`${path}: does not exist; ${FOLDER}/ has ${present(root)}. Copy example.yml to begin`);
  return { stage, path };
};

/** Names exported variables that would decide otherwise, if variables decided anything. */
export const warnOfVariables = (root: string, target: Target, print: (line: string) => void): void => {
  const names = ineffective(process.env, readStageFile(root, target));
  if (names.length > 0) print(`${target.path} decides; without effect are the variables ${names.join(', ')}`);
};

/** The options of a command line. @throws StageError there is another option or argument */
export const readOptions = <const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new StageError(error instanceof Error ? error.message : String(error));
  }
};
