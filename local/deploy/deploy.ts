import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { buildPackage } from '../package/build.ts';
import { deployArguments } from '../package/osls.ts';
import { createReport } from '../package/report.ts';
import { readOptions, StageError, stageTarget, warnOfVariables } from '../package/stage-file.ts';

/*
 * npm run deploy -- --stage <stage>
 * Packages a stage, checks it, and deploys what was checked.
 */

const root = resolve(import.meta.dirname, '../..');

const main = async (): Promise<number> => {
  const { stage } = readOptions(process.argv.slice(2), { stage: { type: 'string' } });
  if (stage === undefined) throw new StageError('--stage: is required, as in npm run deploy -- --stage prod');
  const target = stageTarget(root, stage);
  warnOfVariables(root, target, console.log);
  const report = createReport(console.log);
  const template = await buildPackage(root, report, [target]);
  if (!report.end() || template === null) return 1;
  const child = spawn(process.execPath, [...deployArguments(root, stage)], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0 ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
