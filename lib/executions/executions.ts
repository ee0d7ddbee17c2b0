import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { endDryRun, isDryRun } from '../context/dry-run.ts';
import type { Flow } from '../models/flows.ts';
import type { FlowInput, Operation } from '../models/operations/operation.ts';
import { awsClient } from '../settings/aws-client.ts';
import { executionConfig } from '../settings/config.ts';

let shared: SFNClient | undefined;

const client = (): SFNClient => {
  shared ??= new SFNClient(awsClient(executionConfig().endpoint));
  return shared;
};

export const stateMachineArn = (flow: string): string => `${executionConfig().stateMachineArnPrefix}${flow}`;

/** The execution that runs an operation: same account, region and prefix, named by the operation's id. */
export const executionArn = (operation: Pick<Operation, 'id' | 'flow'>): string =>
  `${stateMachineArn(operation.flow).replace(':stateMachine:', ':execution:')}:${operation.id}`;

/** Ids and small facts, all that a flow starts with. */
const inputOf = (operation: Operation): FlowInput & Readonly<Record<string, unknown>> => ({
  ...operation.input,
  operation_id: operation.id,
  fence: operation.fence,
  target: operation.target,
  loadbalancer_id: operation.loadbalancer_id,
  amphora_id: operation.amphora_id,
});

/**
 * Starts the operation's execution; starting it again, at once or much later, changes nothing.
 * @returns its ARN
 */
export const startExecution = async (operation: Operation): Promise<string> => {
  endDryRun({ starts: operation });
  try {
    const { executionArn: arn } = await client().send(
      new StartExecutionCommand({
        stateMachineArn: stateMachineArn(operation.flow),
        name: operation.id,
        input: JSON.stringify(inputOf(operation)),
      }),
    );
    return arn ?? executionArn(operation);
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return executionArn(operation);
    throw error;
  }
};

/** How an operation's execution is: `ABSENT` when it was never started, or is forgotten. */
export type ExecutionState = 'ABSENT' | 'RUNNING' | 'ENDED';

export const executionState = async (operation: Operation): Promise<ExecutionState> => {
  try {
    const { status } = await client().send(new DescribeExecutionCommand({ executionArn: executionArn(operation) }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'RUNNING' : 'ENDED';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'ABSENT';
    throw error;
  }
};

/** Ids of the operations whose executions run, a moment late as Step Functions' lists are; of one flow. */
export const listRunning = async (flow: Flow): Promise<readonly string[]> => {
  const request = { stateMachineArn: stateMachineArn(flow), statusFilter: 'RUNNING' as const, maxResults: 1000 };
  const ids: string[] = [];
  for await (const { executions } of paginateListExecutions({ client: client() }, request)) {
    for (const { name } of executions ?? []) if (name !== undefined) ids.push(name);
  }
  return ids;
};

/**
 * Ends the operation's execution where it is; one that has ended, or never was, or is only part of a dry run, is left
 * as it is.
 */
export const stopExecution = async (operation: Operation): Promise<void> => {
  if (isDryRun()) return;
  try {
    await client().send(new StopExecutionCommand({ executionArn: executionArn(operation) }));
  } catch (error) {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
  }
};
