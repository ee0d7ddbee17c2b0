import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { CloudFormationClient, CloudFormationServiceException } from '@aws-sdk/client-cloudformation';
import { awsClient } from '../../lib/settings/aws-client.ts';
import { buildPackage } from '../package/build.ts';
import { deployArguments } from '../package/osls.ts';
import { createReport } from '../package/report.ts';
import { loadService } from '../package/source/service.ts';
import { readOptions, readStageFile, StageError, stageTarget, warnOfVariables } from '../package/stage-file.ts';
import { deployStage } from './deploy-stage.ts';

/*
 * npm run deploy -- --stage <stage> [--yes]
 * Packages a stage, checks it, shows what would change, and deploys what was checked.
 */

const root = resolve(import.meta.dirname, '../..');
/** For reading: its ids are of no cloud. */
const EXAMPLE = 'example';

const ask = async (question: string): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
};

const main = async (): Promise<boolean> => {
  const { stage, yes } = readOptions(process.argv.slice(2), { stage: { type: 'string' }, yes: { type: 'boolean' } });
  if (stage === undefined) throw new StageError('--stage: is required, as in npm run deploy -- --stage prod');
  if (stage === EXAMPLE) throw new StageError(`stages/${EXAMPLE}.yml: is an example; copy it to a name of yours`);
  const target = stageTarget(root, stage);
  warnOfVariables(root, target, console.log);
  const report = createReport(console.log);
  const packaged = await buildPackage(root, report, [target]);
  if (!report.end() || packaged === null) return false;
  const { AWS_REGION: region = '' } = readStageFile(root, target);
  const client = new CloudFormationClient({ ...awsClient(), region });
  const run = async (): Promise<boolean> => {
    const child = spawn(process.execPath, [...deployArguments(root, stage)], { cwd: root, stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    return code === 0;
  };
  return await deployStage({
    stackName: loadService(root, stage).prefix,
    packaged,
    client,
    yes: yes === true,
    ask: process.stdin.isTTY && process.stdout.isTTY ? ask : null,
    run,
    print: console.log,
  });
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  const known = error instanceof StageError || error instanceof CloudFormationServiceException;
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
