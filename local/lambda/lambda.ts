import { randomUUID } from 'node:crypto';
import { type Json, parseJson, toJson } from '../json.ts';
import { functionArn } from '../stepfunctions/names.ts';
import { type Handler, importHandler, type LambdaContext } from './handlers.ts';

/** The most an invocation may get or answer, in bytes. */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;

export interface LambdaFunction {
  readonly key: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface LambdaOptions {
  /** The folder that `dist/` in a handler's path stands for. */
  readonly folder: string;
  readonly region: string;
  readonly functions: readonly LambdaFunction[];
  /** @default imports the handler's TypeScript source */
  readonly load?: (handler: string) => Promise<Handler>;
  /** Stands around each call of a handler. @default nothing does */
  readonly around?: (functionKey: string, run: () => Promise<unknown>) => Promise<unknown>;
}

export interface Lambda {
  /**
   * Calls a function; answers what it answered, as JSON. Fails with what the handler threw, or as Lambda does:
   * `Sandbox.Timedout` (the handler is left to itself), `Function.ResponseSizeTooLarge`, `ResourceNotFoundException`.
   */
  invoke(functionKey: string, payload: unknown): Promise<Json>;
  /** Waits until nothing runs any more, but not longer than the milliseconds given. */
  idle(milliseconds: number): Promise<void>;
}

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const toPayload = (value: unknown): Json => {
  const payload = toJson(value);
  if (Buffer.byteLength(JSON.stringify(payload)) > PAYLOAD_LIMIT) {
    throw failure('RequestTooLargeException', 'The payload is larger than 6 MB.');
  }
  return payload;
};

const toAnswer = (value: unknown): Json => {
  const text = JSON.stringify(value) ?? 'null';
  if (Buffer.byteLength(text) > PAYLOAD_LIMIT) {
    throw failure('Function.ResponseSizeTooLarge', 'The answer is larger than 6 MB.');
  }
  return parseJson(text);
};

/** Runs the functions of the service in this process; each handler is imported once, when it is first called. */
export const createLambda = (options: LambdaOptions): Lambda => {
  const {
    folder,
    region,
    load = (handler) => importHandler(folder, handler),
    around = (_key, call) => call(),
  } = options;
  const functions = new Map(options.functions.map((entry) => [entry.key, entry]));
  const handlers = new Map<string, Promise<Handler>>();
  const active = new Set<Promise<unknown>>();

  const handlerOf = (entry: LambdaFunction): Promise<Handler> => {
    const known = handlers.get(entry.key);
    if (known) return known;
    const loading = load(entry.handler);
    handlers.set(entry.key, loading);
    // As on AWS a start that failed is tried again by the next invocation.
    loading.catch(() => handlers.delete(entry.key));
    return loading;
  };

  const createContext = (entry: LambdaFunction, awsRequestId: string, deadline: number): LambdaContext => ({
    functionName: entry.key,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(region, entry.key),
    memoryLimitInMB: '256',
    awsRequestId,
    logGroupName: `/aws/lambda/${entry.key}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  });

  const run = async (entry: LambdaFunction, payload: Json): Promise<unknown> => {
    const handler = await handlerOf(entry);
    const awsRequestId = randomUUID();
    const milliseconds = entry.timeout * 1000;
    const { promise: overdue, reject } = Promise.withResolvers<never>();
    const message = `RequestId: ${awsRequestId} Error: Task timed out after ${entry.timeout.toFixed(2)} seconds`;
    const timer = setTimeout(() => reject(failure('Sandbox.Timedout', message)), milliseconds);
    try {
      const context = createContext(entry, awsRequestId, performance.now() + milliseconds);
      const answer = around(entry.key, async () => await handler(payload, context));
      return await Promise.race([answer, overdue]);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    invoke: async (functionKey, payload) => {
      const entry = functions.get(functionKey);
      if (!entry) throw failure('ResourceNotFoundException', `Function not found: ${functionArn(region, functionKey)}`);
      const running = run(entry, toPayload(payload));
      active.add(running);
      try {
        return toAnswer(await running);
      } finally {
        active.delete(running);
      }
    },
    idle: async (milliseconds) => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, milliseconds);
      await Promise.race([Promise.allSettled(active), late]);
      clearTimeout(timer);
    },
  };
};
