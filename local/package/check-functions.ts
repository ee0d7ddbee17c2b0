import { placedStates } from './asl/walk.ts';
import { functionOf } from './source/function-arns.ts';
import type { Flow, FunctionEntry } from './source/service.ts';

/**
 * The table of functions, the handlers' files and the flows' tasks say the same.
 * @param sources every handler's file under functions/, relative to the root
 */
export const checkFunctions = (
  functions: readonly FunctionEntry[],
  sources: readonly string[],
  flows: readonly Flow[],
): readonly string[] => {
  const keys = new Set(functions.map((entry) => entry.key));
  const used = new Set(
    flows.flatMap((flow) =>
      [...placedStates(flow.definition)].flatMap(({ state }) =>
        state.Type === 'Task' ? [functionOf(state.Resource) ?? state.Resource] : [],
      ),
    ),
  );
  const listed = new Set(functions.map((entry) => entry.source));
  return [
    ...functions
      .filter((entry) => !sources.includes(entry.source))
      .map((entry) => `${entry.key}: ${entry.source} does not exist`),
    ...sources.filter((path) => !listed.has(path)).map((path) => `${path}: no function runs it`),
    ...[...used].filter((key) => !keys.has(key)).map((key) => `${key}: a flow calls it, and there is no such function`),
    ...functions
      .filter((entry) => !entry.hasEvents && !used.has(entry.key))
      .map((entry) => `${entry.key}: nothing calls it`),
  ];
};
