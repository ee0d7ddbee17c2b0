import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { TaskCall } from '../../../../local/stepfunctions/engine/execution.ts';
import {
  type Stepfunctions,
  type StepfunctionsOptions,
  startStepfunctions,
} from '../../../../local/stepfunctions/stepfunctions.ts';

export type Functions = Record<string, (payload: unknown, call: TaskCall) => unknown>;

export const resource = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** A failure with a name of its own. */
export const named = (name: string, message = 'it failed'): Error => Object.assign(new Error(message), { name });

/** A Step Functions endpoint over functions written in the test, and the real client for it. */
export const startFlows = async (
  definitions: Record<string, object>,
  functions: Functions = {},
  options: Partial<Pick<StepfunctionsOptions, 'folder' | 'secondMs' | 'viewLagMs' | 'isThrottled'>> = {},
) => {
  const server: Stepfunctions = await startStepfunctions({
    secondMs: 1,
    ...options,
    stateMachines: Object.entries(definitions).map(([name, definition]) => ({ name, definition })),
    invoke: async (call) => {
      const run = functions[call.functionName];
      if (!run) throw named('ResourceNotFoundException', `No function ${call.functionName}`);
      return JSON.parse(JSON.stringify((await run(call.payload, call)) ?? null));
    },
  });
  const client = new SFNClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const start = async (machine: string, input: unknown = {}, name?: string): Promise<string> => {
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: `${server.stateMachineArnPrefix}${machine}`,
        input: JSON.stringify(input),
        ...(name ? { name } : {}),
      }),
    );
    return executionArn;
  };
  const describe = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));
  const end = async (executionArn: string): Promise<DescribeExecutionCommandOutput> => {
    for (;;) {
      const execution = await describe(executionArn);
      if (execution.status !== 'RUNNING') return execution;
      await pause(2);
    }
  };
  /** Runs a machine to its end: status, parsed output, error, parsed cause, and its events' types. */
  const run = async (machine: string, input: unknown = {}) => {
    const executionArn = await start(machine, input);
    const { status, output, error, cause } = await end(executionArn);
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return {
      status,
      error,
      cause,
      output: output === undefined ? undefined : JSON.parse(output),
      events,
      types: events.map(({ type }) => type),
    };
  };
  const stop = async (): Promise<void> => {
    client.destroy();
    await server.stop();
  };
  return { server, client, start, describe, end, run, stop };
};
