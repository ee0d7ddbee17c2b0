import { resolve } from 'node:path';
import { settingProblems } from '../../lib/settings/check.ts';
import { type Bundle, bundleHandlers, bundleReceiver, checkBundle } from './bundle.ts';
import { checkFlow } from './check-asl.ts';
import { checkFunctions } from './check-functions.ts';
import { checkReceiver } from './check-receiver.ts';
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
const wrong = settingProblems(process.env);
for (const problem of wrong) console.error(problem);
if (wrong.length > 0) process.exit(1);

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
  const receiver = await bundleReceiver(root);
  report.check(
    `heartbeat receiver, ${(receiver / 1024).toFixed(0)} KiB, starts and stops alone`,
    await checkReceiver(root),
  );
  const networks = { VPC_SUBNET_IDS: 'subnet-0a,subnet-0b', VPC_SECURITY_GROUP_IDS: 'sg-0a' };
  const receivers = {
    HEARTBEAT_RECEIVERS: 'fargate',
    HEARTBEAT_KEYS: 'rotating',
    RECEIVER_VPC_ID: 'vpc-0a',
    RECEIVER_SOURCE_CIDR: '10.0.0.0/16',
    RECEIVER_SUBNET_ID_1: 'subnet-0a',
    RECEIVER_SUBNET_ID_2: 'subnet-0b',
    RECEIVER_ADDRESS_1: '10.1.0.10',
    RECEIVER_ADDRESS_2: '10.1.1.10',
    CONTROLLER_IP_PORT_LIST: '10.1.0.10:5555,10.1.1.10:5555',
  };
  for (const reach of ['vpc', 'internet']) {
    const settings = { ...networks, NETWORK_REACH: reach, ...(reach === 'vpc' && receivers) };
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
