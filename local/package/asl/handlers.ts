import type { Branch, Retrier } from '../../stepfunctions/engine/definition.ts';
import { functionOf } from '../source/function-arns.ts';
import { catchersOf, catchesAll, type PlacedState, placedStates, retriersOf } from './walk.ts';

/** Tries of one retrier; past it a flow hides a fault instead of bridging it. */
const MAX_ATTEMPTS = 60;

const checkRetrier = (retrier: Retrier): readonly string[] => {
  const [first = '', ...more] = retrier.ErrorEquals;
  const errors = more.length === 0 ? first : `${first}, ...`;
  const problems: string[] = [];
  if (retrier.MaxAttempts === undefined || retrier.MaxAttempts > MAX_ATTEMPTS) {
    problems.push(`retry of ${errors} needs MaxAttempts of at most ${MAX_ATTEMPTS}`);
  }
  if (retrier.MaxAttempts === 0) return problems;
  if (retrier.JitterStrategy !== 'FULL') problems.push(`retry of ${errors} needs JitterStrategy FULL`);
  if (retrier.MaxDelaySeconds === undefined) problems.push(`retry of ${errors} needs MaxDelaySeconds`);
  return problems;
};

const checkLast = (kind: string, lists: readonly (readonly string[])[]): readonly string[] =>
  lists.flatMap((errors, index) =>
    errors.includes('States.ALL') && (errors.length > 1 || index < lists.length - 1)
      ? [`States.ALL of ${kind} must be alone and last`]
      : [],
  );

const checkState = (
  { name, state, caughtOutside }: PlacedState,
  timeouts: ReadonlyMap<string, number>,
): readonly string[] => {
  const retriers = retriersOf(state);
  const catchers = catchersOf(state);
  const problems = [
    ...retriers.flatMap(checkRetrier),
    ...checkLast(
      'Retry',
      retriers.map((retrier) => retrier.ErrorEquals),
    ),
    ...checkLast(
      'Catch',
      catchers.map((catcher) => catcher.ErrorEquals),
    ),
  ];
  if (catchers.length > 0 && !catchesAll(state) && !caughtOutside) problems.push('Catch must end with States.ALL');
  if (state.Type === 'Task') {
    if (retriers.length === 0) problems.push('a task needs a Retry');
    if (catchers.length === 0 && !caughtOutside) problems.push('a task needs a Catch, its own or around it');
    if (state.Comment === undefined) problems.push('a task needs a Comment that says why');
    const key = functionOf(state.Resource);
    const needed = key === null ? undefined : timeouts.get(key);
    // A machine that calls a function twice tells its states apart by a suffix.
    if (key === null || !name.startsWith(key)) problems.push(`is called ${name} and calls ${key ?? state.Resource}`);
    if (state.TimeoutSeconds === undefined) problems.push('a task needs TimeoutSeconds');
    else if (needed !== undefined && state.TimeoutSeconds < needed) {
      problems.push(`gives up after ${state.TimeoutSeconds} s while its function may run for ${needed} s`);
    }
  }
  return problems.map((problem) => `${name}: ${problem}`);
};

/**
 * The rules of retries, catches and timeouts.
 * @param timeouts seconds by function
 */
export const checkHandlers = (definition: Branch, timeouts: ReadonlyMap<string, number>): readonly string[] =>
  [...placedStates(definition)].flatMap((placed) => checkState(placed, timeouts));
