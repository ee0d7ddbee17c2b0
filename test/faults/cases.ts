import { FLOWS, type Flow } from '../../lib/models/flows.ts';
import type { Definitions } from '../../local/definitions/definitions.ts';
import { isJsonObject, type Json, type JsonObject } from '../../local/json.ts';

/** The fault of a task, once. */
export const FAULTS = {
  'throws before': 'the handler throws before it has done anything',
  'throws after': 'the handler throws when it has done everything',
  hangs: 'the handler stands still before its first effect, past its time limit, and goes on when all is settled',
  dies: 'the process of the handler dies when its first effect has happened, before it hears of it',
  aborted: 'the execution is stopped while the handler works; the handler goes on',
  'all killed': 'SIGKILL to the whole local stack when the first effect has happened, and a restart',
  twice: 'the task is delivered twice at the same time',
  zombie: 'the execution is stopped and carried on; the handler goes on when all is settled and changed since',
} as const;
export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS).filter((name): name is Fault => Object.hasOwn(FAULTS, name));

/** An error of a state that a case needs, to come where it strikes. */
export interface Break {
  readonly state: string;
  readonly error: string;
  /** True when the state succeeds the next time; else it goes on failing. */
  readonly once: boolean;
}

/** A task state of a deployed flow. */
export interface TaskState {
  readonly flow: Flow;
  readonly state: string;
  /** True when only a Catch leads to it, and the flow fails then. */
  readonly compensates: boolean;
  /** For a state that a named error leads to, and from which the flow goes on to its end: that error. */
  readonly detour: Break | null;
}

export interface FaultCase extends TaskState {
  readonly fault: Fault;
}

const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : isJsonObject(value) ? [value] : [];

const statesOf = (branch: JsonObject): [string, JsonObject][] =>
  Object.entries(isJsonObject(branch.States) ? branch.States : {}).flatMap(([name, state]) =>
    isJsonObject(state) ? [[name, state]] : [],
  );

const tasksIn = (name: string, state: JsonObject): string[] => [
  ...(state.Type === 'Task' ? [name] : []),
  ...[...objects(state.Branches), ...objects(state.ItemProcessor)].flatMap((branch) =>
    statesOf(branch).flatMap(([inner, nested]) => tasksIn(inner, nested)),
  ),
];

/** States that a run reaches in which nothing fails. */
const forward = (machine: JsonObject): ReadonlySet<string> => {
  const states = new Map(statesOf(machine));
  const reached = new Set<string>();
  const visit = (name: Json | undefined): void => {
    const state = typeof name === 'string' ? states.get(name) : undefined;
    if (typeof name !== 'string' || state === undefined || reached.has(name)) return;
    reached.add(name);
    for (const next of [state.Next, state.Default, ...objects(state.Choices).map((choice) => choice.Next)]) visit(next);
  };
  visit(machine.StartAt);
  return reached;
};

/** States that a named error leads to and that lead back to the way, by what leads there. */
const detoursOf = (machine: JsonObject, onTheWay: ReadonlySet<string>): ReadonlyMap<string, Break> => {
  const states = statesOf(machine);
  const goesOn = (name: Json | undefined): name is string => {
    const next = states.find(([state]) => state === name)?.[1].Next;
    return typeof name === 'string' && !onTheWay.has(name) && typeof next === 'string' && onTheWay.has(next);
  };
  return new Map(
    states.flatMap(([state, { Catch }]) =>
      objects(Catch).flatMap(({ ErrorEquals, Next }): [string, Break][] => {
        const error = Array.isArray(ErrorEquals) ? ErrorEquals[0] : undefined;
        return goesOn(Next) && typeof error === 'string' ? [[Next, { state, error, once: true }]] : [];
      }),
    ),
  );
};

/** The flow of a deployed state machine. */
export const flowOf = (machineName: string): Flow => {
  const known = FLOWS.filter((flow) => machineName.endsWith(`-${flow}`)).sort((a, b) => b.length - a.length);
  if (known[0] === undefined)
    throw new Error(`${machineName} is none of the flows that lib/models/operations/operation.ts knows.`);
  return known[0];
};

/** Every task state of every deployed flow. */
export const taskStates = ({ stateMachines }: Definitions): readonly TaskState[] =>
  stateMachines.flatMap(({ name, definition }) => {
    if (!isJsonObject(definition)) return [];
    const onTheWay = forward(definition);
    const detours = detoursOf(definition, onTheWay);
    return statesOf(definition).flatMap(([top, state]) => {
      const detour = detours.get(top) ?? null;
      const compensates = !onTheWay.has(top) && detour === null;
      return tasksIn(top, state).map((task) => ({ flow: flowOf(name), state: task, compensates, detour }));
    });
  });
