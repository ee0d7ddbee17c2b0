import type { Branch, Catcher, State } from '../../stepfunctions/engine/definition.ts';
import { ruleReferences, surelyPresent } from './choices.ts';
import { afterInputPath, type Keys, onBothWays, outputKeys, sameKeys, templateKeys, withResult } from './keys.ts';
import { firstKey, type Reference, referencesIn } from './references.ts';
import { catchersOf } from './walk.ts';

const field = (name: string, path: string | null | undefined): readonly Reference[] =>
  typeof path === 'string' ? [{ field: name, path }] : [];

/** Every path a state reads from its effective input. */
const referencesOf = (state: State): readonly Reference[] => {
  switch (state.Type) {
    case 'Task':
      return [
        ...referencesIn('Parameters', state.Parameters),
        ...field('TimeoutSecondsPath', state.TimeoutSecondsPath),
      ];
    case 'Parallel':
    case 'Pass':
      return referencesIn('Parameters', state.Parameters);
    case 'Map':
      return [
        ...field('ItemsPath', state.ItemsPath),
        ...field('MaxConcurrencyPath', state.MaxConcurrencyPath),
        ...referencesIn('ItemSelector', state.ItemSelector),
        ...referencesIn('Parameters', state.Parameters),
      ];
    case 'Wait':
      return [...field('SecondsPath', state.SecondsPath), ...field('TimestampPath', state.TimestampPath)];
    case 'Fail':
      return [...field('ErrorPath', state.ErrorPath), ...field('CausePath', state.CausePath)];
    case 'Choice':
      return state.Choices.flatMap(ruleReferences);
    case 'Succeed':
      return [];
  }
};

const CONTEXT = /^\$\$\.(Execution|State|StateMachine)(\.|$)/;
const MAP_ITEM = /^\$\$\.Map\.Item\.(Index|Value)([.[]|$)/;

const missing =
  (state: State, input: Keys) =>
  (reference: Reference): boolean => {
    if (reference.path.startsWith('$$')) {
      const inMap = state.Type === 'Map' && MAP_ITEM.test(reference.path);
      return !inMap && !CONTEXT.test(reference.path);
    }
    const key = firstKey(reference.path);
    return key !== null && input !== null && !input.has(key);
  };

const caughtKeys = (catcher: Catcher, input: Keys): Keys =>
  withResult(input, catcher.ResultPath, new Set(['Error', 'Cause']));

/** Where a state may go, with the keys that are surely there then. */
const waysOut = (state: State, input: Keys): readonly (readonly [string, Keys])[] => {
  if (state.Type === 'Choice') return surelyPresent(state, outputKeys(state, input));
  const caught = catchersOf(state).map((catcher) => [catcher.Next, caughtKeys(catcher, input)] as const);
  return 'Next' in state && state.Next !== undefined
    ? [[state.Next, outputKeys(state, input)] as const, ...caught]
    : caught;
};

/** The keys each state can count on, whichever way led to it. */
const inputsOf = (branch: Branch, input: Keys): ReadonlyMap<string, Keys> => {
  const inputs = new Map<string, Keys>([[branch.StartAt, input]]);
  const open = [branch.StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = branch.States[name];
    if (state === undefined) continue;
    for (const [target, keys] of waysOut(state, inputs.get(name) ?? null)) {
      const known = inputs.get(target);
      const both = known === undefined ? keys : onBothWays(known, keys);
      if (known !== undefined && sameKeys(known, both)) continue;
      inputs.set(target, both);
      open.push(target);
    }
  }
  return inputs;
};

const checkInner = (state: State, effective: Keys): readonly string[] => {
  if (state.Type === 'Parallel') {
    const keys = state.Parameters === undefined ? effective : templateKeys(state.Parameters);
    return state.Branches.flatMap((branch) => checkPaths(branch, keys));
  }
  if (state.Type !== 'Map') return [];
  const keys = templateKeys(state.ItemSelector ?? state.Parameters);
  return [state.ItemProcessor, state.Iterator].flatMap((branch) =>
    branch === undefined ? [] : checkPaths(branch, keys),
  );
};

/**
 * Every path names a top-level key that is there on every way that leads to its state; a catch counts with what was
 * there before its state. Keys that a Choice has found present count as there.
 * @param input keys of the input; null when unknown
 */
export const checkPaths = (branch: Branch, input: Keys): readonly string[] =>
  [...inputsOf(branch, input)].flatMap(([name, keys]) => {
    const state = branch.States[name];
    if (state === undefined) return [];
    const effective = afterInputPath(state, keys);
    const entry = 'InputPath' in state ? field('InputPath', state.InputPath).filter(missing(state, keys)) : [];
    const wrong = [...entry, ...referencesOf(state).filter(missing(state, effective))];
    return [
      ...wrong.map((reference) => `${name}: ${reference.path} of ${reference.field} is not there on every way`),
      ...checkInner(state, effective),
    ];
  });
