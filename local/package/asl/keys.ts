import { isObject } from '../../json.ts';
import type { State } from '../../stepfunctions/engine/definition.ts';
import { firstKey } from './references.ts';

/** Top-level keys that are surely there; null when nothing can be told. */
export type Keys = ReadonlySet<string> | null;

/** What is there on every one of several ways. */
export const onBothWays = (one: Keys, other: Keys): Keys => {
  if (one === null) return other;
  if (other === null) return one;
  return new Set([...one].filter((key) => other.has(key)));
};

export const sameKeys = (one: Keys, other: Keys): boolean =>
  one === null || other === null ? one === other : one.size === other.size && [...one].every((key) => other.has(key));

/** The keys after a result was put at `resultPath`. */
export const withResult = (input: Keys, resultPath: string | null | undefined, result: Keys): Keys => {
  if (resultPath === null) return input;
  const key = firstKey(resultPath ?? '$');
  if (key === null) return result;
  return input === null ? null : new Set([...input, key]);
};

/** The keys a payload template makes, or null when there is none. */
export const templateKeys = (template: unknown): Keys =>
  isObject(template) ? new Set(Object.keys(template).map((key) => key.replace(/\.\$$/, ''))) : null;

/** What a state sees of its input. */
export const afterInputPath = (state: State, input: Keys): Keys => {
  const path = 'InputPath' in state ? state.InputPath : undefined;
  if (path === undefined || path === '$') return input;
  return path === null ? new Set() : null;
};

/** The keys of a state's output when it ends without an error. */
export const outputKeys = (state: State, input: Keys): Keys => {
  if ('OutputPath' in state && state.OutputPath !== undefined && state.OutputPath !== '$') {
    return state.OutputPath === null ? new Set() : null;
  }
  const effective = afterInputPath(state, input);
  switch (state.Type) {
    case 'Task':
    case 'Map':
    case 'Parallel':
      return withResult(input, state.ResultPath, templateKeys(state.ResultSelector));
    case 'Pass':
      return withResult(input, state.ResultPath, passResult(state, effective));
    default:
      return effective;
  }
};

const passResult = (state: Extract<State, { readonly Type: 'Pass' }>, effective: Keys): Keys => {
  if (state.Result !== undefined) return templateKeys(state.Result);
  return state.Parameters === undefined ? effective : templateKeys(state.Parameters);
};
