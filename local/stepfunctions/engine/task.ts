import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { LAMBDA_INVOKE } from './check.ts';
import type { TaskState } from './definition.ts';
import { FlowError, runtimeError } from './errors.ts';
import type { Execution, TaskCall, Thread } from './execution.ts';
import { readPath } from './path.ts';
import { orAborted } from './waiting.ts';

/** 256 KiB, the most a state may get or answer. */
export const DATA_LIMIT = 262_144;

export const checkSize = (value: Json, what: string): void => {
  if (Buffer.byteLength(JSON.stringify(value)) > DATA_LIMIT) {
    throw new FlowError('States.DataLimitExceeded', `The ${what} is larger than ${DATA_LIMIT} bytes.`);
  }
};

interface Call {
  readonly functionName: string;
  readonly payload: Json;
  /** `Lambda` events for a function's ARN, `Task` events for the lambda:invoke integration. */
  readonly events: 'LambdaFunction' | 'Task';
}

const readCall = (resource: string, parameters: Json): Call => {
  if (resource !== LAMBDA_INVOKE) {
    return { functionName: resource.split(':')[6] ?? resource, payload: parameters, events: 'LambdaFunction' };
  }
  const { FunctionName: name, Payload: payload } = isJsonObject(parameters) ? parameters : {};
  if (typeof name !== 'string') throw runtimeError('lambda:invoke needs a FunctionName.');
  return {
    functionName: name.startsWith('arn:') ? (name.split(':')[6] ?? name) : name,
    payload: payload ?? {},
    events: 'Task',
  };
};

/** A function's failure as AWS reports it: the error's name, and a cause that is JSON text. */
export const toFunctionFailure = (reason: unknown): FlowError => {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const errorType = error.name === '' ? 'Error' : error.name;
  const trace = (error.stack ?? '').split('\n');
  return new FlowError(errorType, JSON.stringify({ errorType, errorMessage: error.message, trace }));
};

const timeoutOf = (state: TaskState, input: Json, context: JsonObject): number | null => {
  if (state.TimeoutSeconds !== undefined) return state.TimeoutSeconds;
  if (state.TimeoutSecondsPath === undefined) return null;
  const seconds = readPath(state.TimeoutSecondsPath, input, context);
  if (typeof seconds !== 'number' || seconds <= 0) throw runtimeError('TimeoutSecondsPath names no positive number.');
  return seconds;
};

const invoke = async (execution: Execution, thread: Thread, name: string, call: Call, timeout: number | null) => {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const expire = (): void =>
    reject(new FlowError('States.Timeout', `The task did not answer within ${timeout} seconds.`));
  const { functionName, payload } = call;
  const made: TaskCall = { functionName, payload, stateMachine: execution.stateMachine, state: name };
  const timer = timeout === null ? null : setTimeout(expire, execution.timeoutMs(made, timeout));
  const answer = execution.invoke(made).catch((reason: unknown) => {
    throw toFunctionFailure(reason);
  });
  try {
    return await orAborted(timer === null ? answer : Promise.race([answer, overdue]), thread.signal);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
};

const detailsKey = (events: Call['events'], outcome: string): string =>
  `${events === 'Task' ? 'task' : 'lambdaFunction'}${outcome}EventDetails`;

/** One attempt of a Task state: calls the function, enforces TimeoutSeconds, records the attempt's events. */
export const runTask = async (
  execution: Execution,
  thread: Thread,
  name: string,
  state: TaskState,
  input: Json,
  parameters: Json,
  context: JsonObject,
): Promise<Json> => {
  const call = readCall(state.Resource, parameters);
  const timeout = timeoutOf(state, input, context);
  checkSize(call.payload, `input of ${name}`);
  const record = (outcome: string, details?: JsonObject): void => {
    const own = details ? { [detailsKey(call.events, outcome)]: details } : {};
    thread.last = execution.history.add(`${call.events}${outcome}`, thread.last, own);
  };
  const shared: JsonObject = call.events === 'Task' ? { resourceType: 'lambda', resource: 'invoke' } : {};
  record('Scheduled', {
    ...shared,
    ...(call.events === 'Task'
      ? { region: '', parameters: JSON.stringify(parameters) }
      : { resource: state.Resource, input: JSON.stringify(call.payload) }),
    ...(timeout === null ? {} : { timeoutInSeconds: timeout }),
  });
  record('Started');
  try {
    const output = await invoke(execution, thread, name, call, timeout);
    checkSize(output, `answer of ${name}`);
    record('Succeeded', { ...shared, output: JSON.stringify(output) });
    return call.events === 'Task' ? { Payload: output, StatusCode: 200, ExecutedVersion: '$LATEST' } : output;
  } catch (failure) {
    if (failure instanceof FlowError) {
      const outcome = failure.error === 'States.Timeout' ? 'TimedOut' : 'Failed';
      record(outcome, { ...shared, error: failure.error, cause: failure.detail });
    }
    throw failure;
  }
};
