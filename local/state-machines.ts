import {
  CreateStateMachineCommand,
  ListStateMachinesCommand,
  SFNClient,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from './definitions/definitions.ts';
import { ACCOUNT } from './stepfunctions/names.ts';

const list = async (client: SFNClient): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  let nextToken: string | undefined;
  do {
    const answer = await client.send(new ListStateMachinesCommand(nextToken === undefined ? {} : { nextToken }));
    for (const { name, stateMachineArn } of answer.stateMachines ?? []) found.set(name ?? '', stateMachineArn ?? '');
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
};

/** Creates or updates the deployed state machines at another Step Functions endpoint; answers the prefix of their ARNs. */
export const ensureStateMachines = async (
  endpoint: string,
  region: string,
  stateMachines: readonly StateMachineDefinition[],
): Promise<string> => {
  const client = new SFNClient({ endpoint, region });
  try {
    const existing = await list(client);
    let prefix = `arn:aws:states:${region}:${ACCOUNT}:stateMachine:`;
    for (const { name, definition } of stateMachines) {
      const source = JSON.stringify(definition);
      const known = existing.get(name);
      if (known) {
        await client.send(new UpdateStateMachineCommand({ stateMachineArn: known, definition: source }));
        prefix = known.slice(0, -name.length);
        continue;
      }
      const roleArn = `arn:aws:iam::${ACCOUNT}:role/local`;
      const { stateMachineArn = '' } = await client.send(
        new CreateStateMachineCommand({ name, definition: source, roleArn }),
      );
      prefix = stateMachineArn.slice(0, -name.length);
    }
    return prefix;
  } finally {
    client.destroy();
  }
};
