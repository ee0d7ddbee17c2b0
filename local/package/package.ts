import { resolve } from 'node:path';
import { buildPackage } from './build.ts';
import { createReport } from './report.ts';
import { readOptions, StageError, stageTarget, type Target, warnOfVariables } from './stage-file.ts';

/*
 * npm run package [-- --stage <stage>]
 * Packages a stage and checks everything that a deployment could stumble over. Without a stage it takes two that differ
 * as much as stages can. Exits with 1 when a check failed.
 */

const root = resolve(import.meta.dirname, '../..');
const SUITE: readonly [Target, ...Target[]] = [
  { stage: 'example', path: 'stages/example.yml' },
  { stage: 'rich', path: 'test/fixtures/stages/rich.yml' },
];

const main = async (): Promise<boolean> => {
  const { stage } = readOptions(process.argv.slice(2), { stage: { type: 'string' } });
  const targets: typeof SUITE = stage === undefined ? SUITE : [stageTarget(root, stage)];
  if (stage !== undefined) warnOfVariables(root, targets[0], console.log);
  const report = createReport(console.log);
  await buildPackage(root, report, targets);
  return report.end();
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
