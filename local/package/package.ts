import { resolve } from 'node:path';
import { type Bundle, bundleHandlers, checkBundle } from './bundle.ts';
import { checkFlow } from './check-asl.ts';
import { checkFunctions } from './check-functions.ts';
import { checkTemplate } from './check-template.ts';
import { packageService } from './osls.ts';
import { createReport } from './report.ts';
import { handlerSources } from './source/handlers.ts';
import { loadService } from './source/service.ts';
import { checkPackagedFlows, checkStartPermissions } from './template/flows.ts';
import { checkNeeds } from './template/needs.ts';
import { readTemplate } from './template/template.ts';

/*
 * Bundles the handlers, packages the service as a deployment would, and checks everything that a deployment could
 * stumble over, without an account and without a network. Exits with 1 when a check failed.
 */

const root = resolve(import.meta.dirname, '../..');
const report = createReport((line) => console.log(line));
const stage = 'dev';

const { functions, flows, prefix } = loadService(root, stage);
for (const flow of flows) report.check(`flow ${flow.name}`, checkFlow(flow, functions));
report.check('functions, handlers and flows agree', checkFunctions(functions, await handlerSources(root), flows));

/** Zips, template and roles need every bundle, so without one they are not looked at. */
const checkPackage = async (bundles: readonly Bundle[]): Promise<void> => {
  for (const bundle of bundles) {
    const size = `${(bundle.bytes / 1024).toFixed(0)} KiB`;
    report.check(`bundle ${bundle.entry.key}, ${size}`, await checkBundle(root, bundle));
  }
  const networks = { VPC_SUBNET_IDS: 'subnet-0a,subnet-0b', VPC_SECURITY_GROUP_IDS: 'sg-0a' };
  for (const reach of ['vpc', 'internet']) {
    const settings = { ...networks, NETWORK_REACH: reach };
    const template = readTemplate(await packageService(root, { stage, settings }));
    for (const [name, problems] of Object.entries(checkTemplate(template))) report.check(`${reach}: ${name}`, problems);
    report.check(`${reach}: flows are packaged as they are`, checkPackagedFlows(template, flows, prefix));
    report.check(`${reach}: flows can be started`, checkStartPermissions(template, flows, prefix));
    report.check(`${reach}: roles allow what the code needs`, checkNeeds(template, bundles));
  }
};

try {
  await checkPackage(await bundleHandlers(root, functions));
} catch (error) {
  report.check('bundles and package', [error instanceof Error ? error.message : String(error)]);
}

process.exitCode = report.end() ? 0 : 1;
