import {
  type CloudFormationClient,
  GetStackPolicyCommand,
  GetTemplateCommand,
  SetStackPolicyCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { readTemplate, type Template } from '../package/template/template.ts';

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);

/** Bytes of a template that CloudFormation accepts. */
const TEMPLATE_LIMIT = 1_048_576;

/** The template a stack was deployed with last; null when there is no such stack. */
export const deployedTemplate = async (client: CloudFormationClient, StackName: string): Promise<Template | null> => {
  try {
    const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
    if (TemplateBody.length > TEMPLATE_LIMIT) throw new Error(`the template of ${StackName} is too large`);
    return readTemplate(JSON.parse(TemplateBody));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const EVERYTHING = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' }],
});

/**
 * Lets the next update take away what the stack's policy protects. The update sets the policy of the service file.
 * @returns what puts the former policy back, for when there is no update
 */
export const liftPolicy = async (client: CloudFormationClient, StackName: string): Promise<() => Promise<void>> => {
  const { StackPolicyBody } = await client.send(new GetStackPolicyCommand({ StackName }));
  if (StackPolicyBody === undefined) return async () => {};
  await client.send(new SetStackPolicyCommand({ StackName, StackPolicyBody: EVERYTHING }));
  return async () => void (await client.send(new SetStackPolicyCommand({ StackName, StackPolicyBody })));
};

/** The stack cannot be deleted until this is taken back by hand. */
export const protectFromDeletion = async (client: CloudFormationClient, StackName: string): Promise<void> =>
  void (await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: true })));
