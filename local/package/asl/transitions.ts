import type { Branch } from '../../stepfunctions/engine/definition.ts';
import { branchesOf, targetsOf } from './walk.ts';

type Edges = ReadonlyMap<string, readonly string[]>;

const reachedFrom = (starts: readonly string[], edges: Edges): ReadonlySet<string> => {
  const reached = new Set<string>();
  const open = [...starts];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(edges.get(name) ?? []));
  }
  return reached;
};

const turned = (edges: Edges): Edges => {
  const back = new Map<string, string[]>();
  for (const [from, targets] of edges) {
    for (const target of targets) back.set(target, [...(back.get(target) ?? []), from]);
  }
  return back;
};

const checkBranch = (branch: Branch): readonly string[] => {
  const names = Object.keys(branch.States);
  const edges = new Map(Object.entries(branch.States).map(([name, state]) => [name, targetsOf(state)] as const));
  const ends = names.filter((name) => edges.get(name)?.length === 0 || isEnd(branch, name));
  const reached = reachedFrom([branch.StartAt], edges);
  const ending = reachedFrom(ends, turned(edges));
  return [
    ...[branch.StartAt, ...[...edges.values()].flat()]
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: is gone to and does not exist`),
    ...names.filter((name) => !reached.has(name)).map((name) => `${name}: cannot be reached`),
    ...names.filter((name) => !ending.has(name)).map((name) => `${name}: never comes to an end`),
  ];
};

const isEnd = (branch: Branch, name: string): boolean => {
  const state = branch.States[name];
  return state !== undefined && 'End' in state && state.End === true;
};

/** Every state exists that is gone to, can be reached, and comes to an end. */
export const checkTransitions = (definition: Branch): readonly string[] =>
  [...branchesOf(definition)].flatMap(checkBranch);
