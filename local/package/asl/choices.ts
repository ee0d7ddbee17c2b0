import type { ChoiceRule } from '../../stepfunctions/engine/choice.ts';
import type { ChoiceState } from '../../stepfunctions/engine/definition.ts';
import type { Keys } from './keys.ts';
import { firstKey, type Reference } from './references.ts';

const isPresence = (rule: ChoiceRule): boolean => 'IsPresent' in rule;

/** Keys that are there when the rule holds (`when` true), or when it does not. */
const presentIf = (rule: ChoiceRule, when: boolean): readonly string[] => {
  if (rule.Not !== undefined) return presentIf(rule.Not, !when);
  if (rule.And !== undefined) return when ? rule.And.flatMap((part) => presentIf(part, true)) : [];
  if (rule.Or !== undefined) return when ? [] : rule.Or.flatMap((part) => presentIf(part, false));
  const key = firstKey(rule.Variable ?? '$');
  return key !== null && isPresence(rule) && rule.IsPresent === when ? [key] : [];
};

const add = (keys: Keys, more: readonly string[]): Keys => (keys === null ? null : new Set([...keys, ...more]));

/** The ways out of a Choice with the keys known on each: rules are tried in order, so a later one knows more. */
export const surelyPresent = (state: ChoiceState, input: Keys): readonly (readonly [string, Keys])[] => {
  let keys = input;
  const ways: (readonly [string, Keys])[] = [];
  for (const rule of state.Choices) {
    ways.push([rule.Next, add(keys, presentIf(rule, true))]);
    keys = add(keys, presentIf(rule, false));
  }
  return state.Default === undefined ? ways : [...ways, [state.Default, keys]];
};

/** Every path a rule reads; asking whether a path is there reads nothing, and guards what stands after it. */
export const ruleReferences = (rule: ChoiceRule): readonly Reference[] => {
  if (rule.And !== undefined) {
    const guarded = rule.And.flatMap((part) => presentIf(part, true));
    return rule.And.flatMap(ruleReferences).filter(({ path }) => !guarded.includes(firstKey(path) ?? ''));
  }
  if (rule.Or !== undefined) return rule.Or.flatMap(ruleReferences);
  if (rule.Not !== undefined) return ruleReferences(rule.Not);
  return rule.Variable === undefined || isPresence(rule) ? [] : [{ field: 'Variable', path: rule.Variable }];
};
