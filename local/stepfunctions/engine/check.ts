import { type Branch, type Definition, definitionSchema, type State } from './definition.ts';

/** A definition cannot be run; the message lists every reason. */
export class InvalidDefinitionError extends Error {
  override readonly name = 'InvalidDefinitionError';
}

/** The branches inside a state, if it has any. */
export const innerBranches = (state: State): readonly Branch[] => {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  return [state.ItemProcessor, state.Iterator].filter((branch) => branch !== undefined);
};

/** Every state of a definition with its name, the nested ones included. */
export function* walkStates(branch: Branch): Generator<readonly [string, State]> {
  for (const [name, state] of Object.entries(branch.States)) {
    yield [name, state];
    for (const inner of innerBranches(state)) yield* walkStates(inner);
  }
}

const targets = (state: State): string[] => {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  const caught = 'Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Next) : [];
  const chosen = state.Type === 'Choice' ? state.Choices.map((rule) => rule.Next) : [];
  const fallback = state.Type === 'Choice' && state.Default !== undefined ? [state.Default] : [];
  return [...next, ...caught, ...chosen, ...fallback];
};

const checkHandlers = (name: string, state: State): string[] => {
  const lists = [
    ['Retry', 'Retry' in state ? (state.Retry ?? []) : []],
    ['Catch', 'Catch' in state ? (state.Catch ?? []) : []],
  ] as const;
  return lists.flatMap(([field, handlers]) =>
    handlers.flatMap(({ ErrorEquals: names }, index) => {
      if (!names.includes('States.ALL')) return [];
      const alone = names.length === 1 && index === handlers.length - 1;
      return alone ? [] : [`${name}: States.ALL of ${field} must be alone and last`];
    }),
  );
};

const lambda = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?$/;

/** The integration that calls a function named in the parameters. */
export const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

const checkState = (name: string, state: State): string[] => {
  const problems = checkHandlers(name, state);
  if (state.Type === 'Task' && state.Resource !== LAMBDA_INVOKE && !lambda.test(state.Resource)) {
    problems.push(`${name}: the resource ${state.Resource} is not a Lambda function`);
  }
  if (state.Type === 'Map' && (state.ItemProcessor === undefined) === (state.Iterator === undefined)) {
    problems.push(`${name}: a Map has either an ItemProcessor or an Iterator`);
  }
  if (state.Type === 'Wait') {
    const ways = [state.Seconds, state.SecondsPath, state.Timestamp, state.TimestampPath];
    if (ways.filter((way) => way !== undefined).length !== 1) problems.push(`${name}: a Wait has exactly one time`);
  }
  const ends = state.Type === 'Choice' || state.Type === 'Succeed' || state.Type === 'Fail';
  if (!ends && (state.Next === undefined) === (state.End === undefined)) {
    problems.push(`${name}: a state has either Next or End`);
  }
  return problems;
};

const checkBranch = (branch: Branch): string[] => {
  const missing = (name: string): boolean => !Object.hasOwn(branch.States, name);
  const problems = missing(branch.StartAt) ? [`StartAt names ${branch.StartAt}, which is not a state`] : [];
  const reached = new Set([branch.StartAt, ...Object.values(branch.States).flatMap(targets)]);
  for (const [name, state] of Object.entries(branch.States)) {
    for (const target of targets(state)) {
      if (missing(target)) problems.push(`${name}: goes to ${target}, which is not a state beside it`);
    }
    if (!reached.has(name)) problems.push(`${name}: cannot be reached`);
    problems.push(...checkState(name, state), ...innerBranches(state).flatMap(checkBranch));
  }
  return problems;
};

const checkNames = (definition: Definition): string[] => {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const [name] of walkStates(definition)) {
    if (seen.has(name)) problems.push(`${name}: the name is used by two states`);
    seen.add(name);
  }
  return problems;
};

/** Reads and checks a definition; fails with InvalidDefinitionError. */
export const readDefinition = (source: unknown): Definition => {
  const parsed = definitionSchema.safeParse(source);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new InvalidDefinitionError(issues.join('; '));
  }
  const problems = [...checkNames(parsed.data), ...checkBranch(parsed.data)];
  if (problems.length > 0) throw new InvalidDefinitionError(problems.join('; '));
  return parsed.data;
};
