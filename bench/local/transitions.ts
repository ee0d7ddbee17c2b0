import { setTimeout as pause } from 'node:timers/promises';
import { DescribeExecutionCommand, GetExecutionHistoryCommand, type SFNClient } from '@aws-sdk/client-sfn';

const SCHEDULED: readonly string[] = ['TaskScheduled', 'LambdaFunctionScheduled'];

/**
 * State transitions as they are billed: each state that is entered, and each retry of a task.
 * @param types types of all events of an execution
 */
export const countTransitions = (types: readonly string[]): number => {
  const entered = types.filter((type) => type.endsWith('StateEntered')).length;
  const tasks = types.filter((type) => type === 'TaskStateEntered').length;
  const scheduled = types.filter((type) => SCHEDULED.includes(type)).length;
  return entered + Math.max(0, scheduled - tasks);
};

const LOOK_MS = 10;

/** An operation ends a few states before its execution does. */
const untilEnded = async (client: SFNClient, executionArn: string): Promise<void> => {
  for (;;) {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return;
    await pause(LOOK_MS);
  }
};

/** State transitions of an execution, counted when it has ended. */
export const transitionsOf = async (client: SFNClient, executionArn: string): Promise<number> => {
  await untilEnded(client, executionArn);
  const types: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: 1000,
        includeExecutionData: false,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    for (const { type } of page.events ?? []) if (type !== undefined) types.push(type);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return countTransitions(types);
};
