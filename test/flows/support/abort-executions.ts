import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Stack } from '../../../local/stack.ts';

/** Ends every execution of the flow that runs, as a lost service would; how many. */
export const abortExecutions = async (stack: Stack, flow: string): Promise<number> => {
  const client = new SFNClient({ endpoint: stack.endpoints.stepFunctions, region: 'us-east-1' });
  const stateMachineArn = `${stack.stateMachineArnPrefix}${flow}`;
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
  for (const { executionArn } of executions ?? []) await client.send(new StopExecutionCommand({ executionArn }));
  client.destroy();
  return executions?.length ?? 0;
};
