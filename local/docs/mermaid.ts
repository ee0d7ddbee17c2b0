import { catchersOf, successorsOf } from '../package/asl/walk.ts';
import { innerBranches } from '../stepfunctions/engine/check.ts';
import type { ChoiceRule } from '../stepfunctions/engine/choice.ts';
import type { Branch, Definition, State } from '../stepfunctions/engine/definition.ts';

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** A rule in a few words: its comparison without what it compares with. */
const words = (rule: ChoiceRule): string => {
  if (rule.Not !== undefined) return `not ${words(rule.Not)}`;
  if (rule.And !== undefined) return rule.And.map(words).join(' and ');
  if (rule.Or !== undefined) return rule.Or.map(words).join(' or ');
  const [comparison, value] =
    Object.entries(rule).find(([key]) => !['Variable', 'Next', 'Comment'].includes(key)) ?? [];
  return `${rule.Variable?.replace('$.', '')} ${comparison} ${String(value)}`;
};

const conditions = (state: State): readonly string[] =>
  state.Type === 'Choice' ? [...state.Choices.map(words), 'otherwise'] : [];

const isEnd = (state: State): boolean =>
  state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true);

const edges = (name: string, state: State): readonly string[] => {
  const labels = conditions(state);
  const ignored = catchersOf(state).filter((catcher) => 'Next' in state && catcher.Next === state.Next);
  const onward = successorsOf(state).map((next, index) => {
    const label = labels[index] ?? (ignored.length > 0 ? 'also after an error' : undefined);
    return label === undefined ? `${name} --> ${next}` : `${name} --> ${next}: ${label}`;
  });
  const caught = catchersOf(state)
    .filter((catcher) => !ignored.includes(catcher))
    .map(
      ({ ErrorEquals, Next }) => `${name} --> ${Next}: ${ErrorEquals.join(', ').replace('States.ALL', 'any error')}`,
    );
  return [...onward, ...(isEnd(state) ? [`${name} --> [*]`] : []), ...caught];
};

/** A Map draws its states once, Parallel its branches beside each other. */
const composite = (name: string, state: State): readonly string[] => {
  const branches = innerBranches(state);
  if (branches.length === 0) return [];
  const title = state.Type === 'Map' ? [`state "${name}, for each" as ${name}`] : [];
  const inside = branches.flatMap((branch, index) => [...(index === 0 ? [] : ['--']), ...drawBranch(branch)]);
  return [...title, `state ${name} {`, ...indent(inside), '}'];
};

const drawBranch = (branch: Branch): readonly string[] => [
  ...Object.entries(branch.States).flatMap(([name, state]) => composite(name, state)),
  `[*] --> ${branch.StartAt}`,
  ...Object.entries(branch.States).flatMap(([name, state]) => edges(name, state)),
];

/** The flow as a Mermaid state diagram: normal ways, then what each state catches; failing ends are marked. */
export const drawFlow = (definition: Definition): string => {
  const failed = Object.entries(definition.States)
    .filter(([, state]) => state.Type === 'Fail')
    .map(([name]) => name);
  const marks = failed.length === 0 ? [] : ['classDef failed stroke-dasharray: 4', `class ${failed.join(',')} failed`];
  return ['stateDiagram-v2', ...indent([...drawBranch(definition), ...marks])].join('\n');
};
