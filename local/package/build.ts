import { parametersOf } from '../../lib/settings/stage.ts';
import { type Bundle, bundleHandlers, bundleReceiver, checkBundle } from './bundle.ts';
import { checkFlow } from './check-asl.ts';
import { checkFunctions } from './check-functions.ts';
import { checkReceiver } from './check-receiver.ts';
import { checkTemplate } from './check-template.ts';
import { packageService } from './osls.ts';
import type { Report } from './report.ts';
import { handlerSources } from './source/handlers.ts';
import { loadService } from './source/service.ts';
import { readStageFile, type Target } from './stage-file.ts';
import { checkPackagedFlows, checkStartPermissions } from './template/flows.ts';
import { checkNeeds } from './template/needs.ts';
import { readTemplate, type Template } from './template/template.ts';

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;

const checkBundles = async (root: string, report: Report, bundles: readonly Bundle[]): Promise<void> => {
  for (const bundle of bundles) {
    const size = `${kibibytes(bundle.bytes)}, ${kibibytes(bundle.sdkBytes)} of it the SDK`;
    report.check(`bundle ${bundle.entry.key}, ${size}`, await checkBundle(root, bundle));
  }
  const receiver = await bundleReceiver(root);
  report.check(`heartbeat receiver, ${kibibytes(receiver)}, starts and stops alone`, await checkReceiver(root));
};

const packageTarget = async (root: string, report: Report, target: Target, bundles: readonly Bundle[]) => {
  const { stage } = target;
  const { flows, prefix } = loadService(root, stage);
  const parameters = parametersOf(readStageFile(root, target));
  const template = readTemplate(await packageService(root, { stage, parameters }));
  for (const [name, problems] of Object.entries(checkTemplate(template))) report.check(`${stage}: ${name}`, problems);
  report.check(`${stage}: flows are packaged as they are`, checkPackagedFlows(template, flows, prefix));
  report.check(`${stage}: flows can be started`, checkStartPermissions(template, flows, prefix));
  report.check(`${stage}: roles allow what the code needs`, checkNeeds(template, bundles));
  return template;
};

/**
 * Bundles the handlers, packages each stage into `<root>/.serverless` as a deployment would, and checks everything that
 * a deployment could stumble over, without an account and without a network.
 * @returns the last one's template; null when it could not be packaged
 * @throws StageError a stage's file is wrong
 */
export const buildPackage = async (
  root: string,
  report: Report,
  targets: readonly [Target, ...Target[]],
): Promise<Template | null> => {
  for (const target of targets) readStageFile(root, target);
  const { functions, flows } = loadService(root, targets[0].stage);
  for (const flow of flows) report.check(`flow ${flow.name}`, checkFlow(flow, functions));
  report.check('functions, handlers and flows agree', checkFunctions(functions, await handlerSources(root), flows));
  let template: Template | null = null;
  try {
    const bundles = await bundleHandlers(root, functions);
    await checkBundles(root, report, bundles);
    for (const target of targets) template = await packageTarget(root, report, target, bundles);
  } catch (error) {
    report.check('bundles and package', [error instanceof Error ? error.message : String(error)]);
    return null;
  }
  return template;
};
