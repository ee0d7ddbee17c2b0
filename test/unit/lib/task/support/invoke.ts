import type { Context } from 'aws-lambda';
import { logger } from '../../../../../lib/tools/logger.ts';

logger.setLogLevel('SILENT');

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
  memoryLimitInMB: '128',
  awsRequestId: 'test',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 30_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** Calls a task's handler as Lambda would; the event is whatever a flow hands on. */
export const invoke = async <Event, Result>(
  handler: (event: Event, context: Context) => Result,
  event: Event,
): Promise<Awaited<Result>> => await handler(event, context);
