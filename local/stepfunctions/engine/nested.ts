import type { Json, JsonObject } from '../../json.ts';
import type { Branch, MapState, ParallelState } from './definition.ts';
import { BranchAbandoned, FlowError, runtimeError } from './errors.ts';
import type { Execution, Thread } from './execution.ts';
import { fillTemplate } from './expression.ts';
import { readPath } from './path.ts';
import { withChildSignal } from './waiting.ts';

/** Runs the states of a branch from its start; answers the output of its last state. */
export type RunBranch = (execution: Execution, branch: Branch, input: Json, thread: Thread) => Promise<Json>;

/** As many iterations of a Map run at once when it does not say: the bound of AWS's inline mode. */
const DEFAULT_CONCURRENCY = 40;

const runAll = async <T>(count: number, limit: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, limit) }, worker));
  return results;
};

/** Runs the parts of a state at once; the first failure abandons the others and is the state's failure. */
const runParts = (
  thread: Thread,
  count: number,
  limit: number,
  work: (index: number, signal: AbortSignal) => Promise<Json>,
) =>
  withChildSignal(thread.signal, async (signal, abandon) => {
    try {
      return await runAll(count, limit, (index) => {
        signal.throwIfAborted();
        return work(index, signal);
      });
    } catch (failure) {
      abandon(new BranchAbandoned('Another part of the state failed.'));
      throw failure;
    }
  });

const failedDetails = (prefix: string, failure: FlowError): JsonObject => ({
  [`${prefix}EventDetails`]: { error: failure.error, cause: failure.detail },
});

/** One attempt of a Parallel state: every branch gets the same input. */
export const runParallel = async (
  execution: Execution,
  thread: Thread,
  state: ParallelState,
  input: Json,
  runBranch: RunBranch,
): Promise<Json> => {
  const { history } = execution;
  thread.last = history.add('ParallelStateStarted', thread.last);
  const started = thread.last;
  try {
    const outputs = await runParts(thread, state.Branches.length, state.Branches.length, (index, signal) => {
      const branch = state.Branches[index];
      if (!branch) throw runtimeError(`There is no branch ${index}.`);
      return runBranch(execution, branch, structuredClone(input), { last: started, context: thread.context, signal });
    });
    thread.last = history.add('ParallelStateSucceeded', started);
    return outputs;
  } catch (failure) {
    if (failure instanceof FlowError)
      thread.last = history.add('ParallelStateFailed', started, failedDetails('parallelStateFailed', failure));
    throw failure;
  }
};

const readConcurrency = (state: MapState, input: Json, context: JsonObject): number => {
  const wanted = state.MaxConcurrencyPath
    ? readPath(state.MaxConcurrencyPath, input, context)
    : (state.MaxConcurrency ?? 0);
  if (typeof wanted !== 'number' || wanted < 0) throw runtimeError('MaxConcurrencyPath names no number.');
  return wanted === 0 ? DEFAULT_CONCURRENCY : wanted;
};

const iterate = async (
  execution: Execution,
  branch: Branch,
  name: string,
  index: number,
  input: Json,
  thread: Thread,
  runBranch: RunBranch,
): Promise<Json> => {
  const { history } = execution;
  const details = { name, index };
  thread.last = history.add('MapIterationStarted', thread.last, { mapIterationStartedEventDetails: details });
  try {
    const output = await runBranch(execution, branch, input, thread);
    history.add('MapIterationSucceeded', thread.last, { mapIterationSucceededEventDetails: details });
    return output;
  } catch (failure) {
    const outcome = failure instanceof FlowError ? 'Failed' : 'Aborted';
    history.add(`MapIteration${outcome}`, thread.last, { [`mapIteration${outcome}EventDetails`]: details });
    throw failure;
  }
};

/** One attempt of a Map state over a list, inline mode. */
export const runMap = async (
  execution: Execution,
  thread: Thread,
  name: string,
  state: MapState,
  input: Json,
  context: JsonObject,
  runBranch: RunBranch,
): Promise<Json> => {
  const items = state.ItemsPath ? readPath(state.ItemsPath, input, context) : input;
  if (!Array.isArray(items)) throw runtimeError(`The items of ${name} are not a list.`);
  const branch = state.ItemProcessor ?? state.Iterator;
  if (!branch) throw runtimeError(`${name} has no ItemProcessor.`);
  const selector = state.ItemSelector ?? state.Parameters;
  const limit = readConcurrency(state, input, context);
  const { history } = execution;
  thread.last = history.add('MapStateStarted', thread.last, { mapStateStartedEventDetails: { length: items.length } });
  const started = thread.last;
  try {
    const outputs = await runParts(thread, items.length, limit, (index, signal) => {
      const place: JsonObject = { Map: { Item: { Index: index, Value: items[index] ?? null } } };
      const own = { ...context, ...place };
      const value = selector === undefined ? (items[index] ?? null) : fillTemplate(selector, input, own);
      const inner = { last: started, context: { ...thread.context, ...place }, signal };
      return iterate(execution, branch, name, index, structuredClone(value), inner, runBranch);
    });
    thread.last = history.add('MapStateSucceeded', started);
    return outputs;
  } catch (failure) {
    if (failure instanceof FlowError)
      thread.last = history.add('MapStateFailed', started, failedDetails('mapStateFailed', failure));
    throw failure;
  }
};
