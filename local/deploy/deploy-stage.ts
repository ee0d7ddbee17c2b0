import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Template } from '../package/template/template.ts';
import { planDeployment } from './plan.ts';
import { deployedTemplate, liftPolicy, protectFromDeletion } from './stack.ts';

export interface Deployment {
  readonly stackName: string;
  readonly packaged: Template;
  readonly client: CloudFormationClient;
  /** True: what would be asked is agreed to. */
  readonly yes: boolean;
  /** Asks a person; null where there is none. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Deploys what was packaged. @returns true when it succeeded */
  readonly run: () => Promise<boolean>;
  readonly print: (line: string) => void;
}

const isAgreed = async ({ yes, ask, print }: Deployment): Promise<boolean> => {
  if (yes) return true;
  if (ask === null) {
    print('There is no terminal to ask on: nothing is deployed. --yes agrees to all of it.');
    return false;
  }
  return /^y(es)?$/i.test((await ask('Deploy? Anything but yes deploys nothing: ')).trim());
};

/** @returns true when it succeeded, with the policy of the service file, or when nothing was changed by a failure */
const runLifted = async ({ client, stackName, run }: Deployment): Promise<boolean> => {
  const putBack = await liftPolicy(client, stackName);
  let done = false;
  try {
    done = await run();
    return done;
  } finally {
    if (!done) await putBack();
  }
};

/**
 * Shows what a deployment would add, change and remove, asks before it takes away or replaces what holds state or
 * listens, and deploys.
 * @returns true when it is deployed
 */
export const deployStage = async (deployment: Deployment): Promise<boolean> => {
  const { client, stackName, packaged, print, run } = deployment;
  const deployed = await deployedTemplate(client, stackName);
  const { lines, dangers } = planDeployment(deployed, packaged);
  print(`Stack ${stackName}${lines.length === 0 ? ' stays as it is, but for the code of its functions' : ''}`);
  for (const line of lines) print(`  ${line}`);
  if (dangers.length > 0) {
    print('Be sure of this:');
    for (const danger of dangers) print(`  ${danger}`);
    if (!(await isAgreed(deployment))) {
      print('Nothing is deployed.');
      return false;
    }
  }
  const isProtected = deployed !== null && dangers.length > 0;
  if (!(await (isProtected ? runLifted(deployment) : run()))) return false;
  await protectFromDeletion(client, stackName);
  return true;
};
