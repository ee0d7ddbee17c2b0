import aslValidator from 'asl-validator';
import { FLOW_FACTS, FLOWS } from '../../lib/models/flows.ts';
import { toJson } from '../json.ts';
import { readDefinition } from '../stepfunctions/engine/check.ts';
import { checkHandlers } from './asl/handlers.ts';
import { checkPaths } from './asl/paths.ts';
import { checkTransitions } from './asl/transitions.ts';
import { placedStates } from './asl/walk.ts';
import type { Flow, FunctionEntry } from './source/service.ts';

/** What every execution is started with: FlowInput of lib/models/operations/operation.ts. */
const FLOW_INPUT = ['operation_id', 'fence', 'target', 'loadbalancer_id', 'amphora_id'];

/** What single flows get besides: `input` of their operations. */
const FURTHER_INPUT: ReadonlyMap<string, readonly string[]> = new Map(
  FLOWS.map((flow) => [flow, FLOW_FACTS[flow].input]),
);

const checkLanguage = (flow: Flow): readonly string[] => {
  // A copy, since the validator writes into what it reads.
  const { isValid, errorsText } = aslValidator(toJson(flow.source), { checkPaths: true, checkArn: true });
  if (!isValid) return [errorsText()];
  try {
    readDefinition(flow.source);
    return [];
  } catch (error) {
    return [`the local stack cannot run it: ${error instanceof Error ? error.message : String(error)}`];
  }
};

const checkMachine = ({ definition }: Flow): readonly string[] => {
  const { TimeoutSeconds: bound, Comment: story } = definition;
  if (bound === undefined) return ['needs TimeoutSeconds: an execution must come to an end'];
  if (story === undefined) return ['needs a Comment that tells what it does'];
  const said = [`${bound} s`, ...(bound % 60 === 0 ? [`${bound / 60} min`] : [])];
  return said.some((words) => story.includes(words))
    ? []
    : [`its Comment does not name its bound, ${said.join(' or ')}`];
};

const checkNames = ({ definition }: Flow): readonly string[] => {
  const names = [...placedStates(definition)].map((placed) => placed.name);
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${name}: two states of one machine have this name`);
};

/** The house's rules, beyond what the state language asks. */
export const checkRules = (flow: Flow, functions: readonly FunctionEntry[]): readonly string[] => [
  ...checkMachine(flow),
  ...checkNames(flow),
  ...checkTransitions(flow.definition),
  ...checkHandlers(flow.definition, new Map(functions.map((entry) => [entry.key, entry.timeout]))),
  ...checkPaths(flow.definition, new Set([...FLOW_INPUT, ...(FURTHER_INPUT.get(flow.name) ?? [])])),
];

/** Everything that keeps a flow from being deployed, one line each. */
export const checkFlow = (flow: Flow, functions: readonly FunctionEntry[]): readonly string[] => [
  ...checkLanguage(flow),
  ...checkRules(flow, functions),
];
