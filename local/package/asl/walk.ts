import { innerBranches } from '../../stepfunctions/engine/check.ts';
import type { Branch, Catcher, Retrier, State } from '../../stepfunctions/engine/definition.ts';

/** A state with where it stands. */
export interface PlacedState {
  readonly name: string;
  readonly state: State;
  /** True when a state around it catches every error of it. */
  readonly caughtOutside: boolean;
}

export const retriersOf = (state: State): readonly Retrier[] => ('Retry' in state ? (state.Retry ?? []) : []);
export const catchersOf = (state: State): readonly Catcher[] => ('Catch' in state ? (state.Catch ?? []) : []);

/** True when the last catcher takes everything that is left. */
export const catchesAll = (state: State): boolean => catchersOf(state).at(-1)?.ErrorEquals.join() === 'States.ALL';

/** Every state of a definition, the nested ones included. */
export function* placedStates(branch: Branch, caughtOutside = false): Generator<PlacedState> {
  for (const [name, state] of Object.entries(branch.States)) {
    yield { name, state, caughtOutside };
    for (const inner of innerBranches(state)) yield* placedStates(inner, caughtOutside || catchesAll(state));
  }
}

/** Every set of states that stand beside each other. */
export function* branchesOf(branch: Branch): Generator<Branch> {
  yield branch;
  for (const state of Object.values(branch.States)) {
    for (const inner of innerBranches(state)) yield* branchesOf(inner);
  }
}

/** The states a state may go to without an error, in the order of the definition. */
export const successorsOf = (state: State): readonly string[] => {
  if (state.Type === 'Choice') {
    const chosen = state.Choices.map((rule) => rule.Next);
    return state.Default === undefined ? chosen : [...chosen, state.Default];
  }
  return 'Next' in state && state.Next !== undefined ? [state.Next] : [];
};

/** Every state a state may go to. */
export const targetsOf = (state: State): readonly string[] => [
  ...successorsOf(state),
  ...catchersOf(state).map((catcher) => catcher.Next),
];
