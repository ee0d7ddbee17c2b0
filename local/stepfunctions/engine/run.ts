import type { Json, JsonObject } from '../../json.ts';
import type { Branch, State } from './definition.ts';
import { FlowError } from './errors.ts';
import type { Execution, Thread } from './execution.ts';
import { fillTemplate } from './expression.ts';
import { applyResultPath, readPath } from './path.ts';
import { createRetries, findCatcher } from './retry.ts';
import { choose, runStateOnce } from './states.ts';
import { checkSize } from './task.ts';
import { sleep } from './waiting.ts';

interface Outcome {
  readonly output: Json;
  /** The next state of the branch, null at its end. */
  readonly next: string | null;
}

const filter = (path: string | null | undefined, value: Json, context: JsonObject): Json => {
  if (path === null) return {};
  return path === undefined || path === '$' ? value : readPath(path, value, context);
};

const nextOf = (state: State): string | null => ('Next' in state ? (state.Next ?? null) : null);

const shapeResult = (state: State, raw: Json, result: Json, context: JsonObject): Json => {
  const selector = 'ResultSelector' in state ? state.ResultSelector : undefined;
  const selected = selector === undefined ? result : fillTemplate(selector, result, context);
  const placed = applyResultPath(raw, 'ResultPath' in state ? state.ResultPath : undefined, selected);
  return filter('OutputPath' in state ? state.OutputPath : undefined, placed, context);
};

const attempt = async (
  execution: Execution,
  thread: Thread,
  name: string,
  state: State,
  raw: Json,
  context: JsonObject,
): Promise<Outcome> => {
  const input = filter('InputPath' in state ? state.InputPath : undefined, raw, context);
  if (state.Type === 'Choice') {
    return { output: filter(state.OutputPath, input, context), next: choose(name, state, input, context) };
  }
  const result = await runStateOnce(execution, thread, name, state, input, context, runBranch);
  // A state without a ResultPath of its own passes on its (filtered) input.
  const base = state.Type === 'Wait' || state.Type === 'Succeed' ? result : raw;
  return { output: shapeResult(state, base, result, context), next: nextOf(state) };
};

const runState = async (
  execution: Execution,
  thread: Thread,
  name: string,
  state: State,
  raw: Json,
): Promise<Outcome> => {
  const retries = createRetries('Retry' in state ? state.Retry : undefined, execution.random);
  const entered = new Date().toISOString();
  for (;;) {
    thread.signal.throwIfAborted();
    const context = { ...thread.context, State: { Name: name, EnteredTime: entered, RetryCount: retries.count } };
    try {
      const outcome = await attempt(execution, thread, name, state, raw, context);
      checkSize(outcome.output, `output of ${name}`);
      return outcome;
    } catch (failure) {
      if (!(failure instanceof FlowError)) throw failure;
      const delay = retries.next(failure);
      if (delay !== null) {
        await sleep(delay * execution.secondMs, thread.signal);
        continue;
      }
      const catcher = findCatcher('Catch' in state ? state.Catch : undefined, failure);
      if (!catcher) throw failure;
      const caught = { Error: failure.error, Cause: failure.detail };
      return { output: applyResultPath(raw, catcher.ResultPath, caught), next: catcher.Next };
    }
  }
};

/** Runs the states of a branch from its start; answers the output of its last state. */
export const runBranch = async (execution: Execution, branch: Branch, input: Json, thread: Thread): Promise<Json> => {
  const { history } = execution;
  let name = branch.StartAt;
  let value = input;
  for (;;) {
    thread.signal.throwIfAborted();
    const state = branch.States[name];
    if (!state) throw new FlowError('States.Runtime', `There is no state ${name}.`);
    thread.last = history.add(`${state.Type}StateEntered`, thread.last, {
      stateEnteredEventDetails: { name, input: JSON.stringify(value) },
    });
    const { output, next } = await runState(execution, thread, name, state, value);
    thread.last = history.add(`${state.Type}StateExited`, thread.last, {
      stateExitedEventDetails: { name, output: JSON.stringify(output) },
    });
    if (next === null) return output;
    name = next;
    value = output;
  }
};
