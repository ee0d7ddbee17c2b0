import type { Json, JsonObject } from '../../json.ts';
import { holds } from './choice.ts';
import type { ChoiceState, FailState, State, WaitState } from './definition.ts';
import { FlowError, runtimeError } from './errors.ts';
import type { Execution, Thread } from './execution.ts';
import { evaluate, fillTemplate } from './expression.ts';
import { type RunBranch, runMap, runParallel } from './nested.ts';
import { readPath } from './path.ts';
import { runTask } from './task.ts';
import { sleep } from './waiting.ts';

const runWait = async (execution: Execution, thread: Thread, state: WaitState, input: Json, context: JsonObject) => {
  const read = (path: string): Json => readPath(path, input, context);
  const seconds = state.SecondsPath === undefined ? state.Seconds : read(state.SecondsPath);
  if (typeof seconds === 'number' && seconds >= 0) return sleep(seconds * execution.secondMs, thread.signal);
  const timestamp = state.TimestampPath === undefined ? state.Timestamp : read(state.TimestampPath);
  const until = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(until)) throw runtimeError('The time to wait for is neither a number of seconds nor a timestamp.');
  return sleep(until - Date.now(), thread.signal);
};

/** The state a Choice leads to; fails with States.NoChoiceMatched. */
export const choose = (name: string, state: ChoiceState, input: Json, context: JsonObject): string => {
  const next = state.Choices.find((rule) => holds(rule, input, context))?.Next ?? state.Default;
  if (next === undefined)
    throw new FlowError('States.NoChoiceMatched', `No rule of ${name} holds, and it has no Default.`);
  return next;
};

const readText = (value: string | undefined, path: string | undefined, input: Json, context: JsonObject): string => {
  const found = path === undefined ? value : evaluate(path, input, context);
  if (found !== undefined && typeof found !== 'string') throw runtimeError(`"${path}" names no text.`);
  return found ?? '';
};

const failWith = (state: FailState, input: Json, context: JsonObject): FlowError =>
  new FlowError(
    readText(state.Error, state.ErrorPath, input, context),
    readText(state.Cause, state.CausePath, input, context),
  );

/**
 * One attempt of a state's own work, between the filters of its input and output: answers the raw result.
 * `input` has passed InputPath; `context` is the context object of this attempt.
 */
export const runStateOnce = async (
  execution: Execution,
  thread: Thread,
  name: string,
  state: State,
  input: Json,
  context: JsonObject,
  runBranch: RunBranch,
): Promise<Json> => {
  const inner = { ...thread, context };
  const filled = (template: Json | undefined): Json =>
    template === undefined ? input : fillTemplate(template, input, context);
  const keepPlace = async (work: Promise<Json>): Promise<Json> => {
    try {
      return await work;
    } finally {
      thread.last = inner.last;
    }
  };
  switch (state.Type) {
    case 'Task':
      return runTask(execution, thread, name, state, input, filled(state.Parameters), context);
    case 'Parallel':
      return keepPlace(runParallel(execution, inner, state, filled(state.Parameters), runBranch));
    case 'Map':
      return keepPlace(runMap(execution, inner, name, state, input, context, runBranch));
    case 'Pass':
      return state.Result === undefined ? filled(state.Parameters) : state.Result;
    case 'Wait':
      await runWait(execution, thread, state, input, context);
      return input;
    case 'Fail':
      throw failWith(state, input, context);
    default:
      return input;
  }
};
