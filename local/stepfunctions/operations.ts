import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../http/aws-error.ts';
import { parseJson } from '../json.ts';
import { InvalidDefinitionError, readDefinition } from './engine/check.ts';
import { DATA_LIMIT } from './engine/task.ts';
import type { Executions, StateMachine } from './executions.ts';
import { stateMachineArn } from './names.ts';
import { type ExecutionRecord, executionStatuses } from './records.ts';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/);
const page = {
  maxResults: z.int().min(0).max(1000).optional(),
  nextToken: z.string().optional(),
};
const schemas = {
  CreateStateMachine: z.object({ name, definition: z.string() }),
  UpdateStateMachine: z.object({ stateMachineArn: z.string(), definition: z.string().optional() }),
  DeleteStateMachine: z.object({ stateMachineArn: z.string() }),
  DescribeStateMachine: z.object({ stateMachineArn: z.string() }),
  ListStateMachines: z.object(page),
  StartExecution: z.object({ stateMachineArn: z.string(), name: name.optional(), input: z.string().optional() }),
  DescribeExecution: z.object({ executionArn: z.string() }),
  ListExecutions: z.object({
    stateMachineArn: z.string().optional(),
    statusFilter: z.enum(executionStatuses).optional(),
    ...page,
  }),
  StopExecution: z.object({ executionArn: z.string(), error: z.string().optional(), cause: z.string().optional() }),
  GetExecutionHistory: z.object({
    executionArn: z.string(),
    reverseOrder: z.boolean().optional(),
    includeExecutionData: z.boolean().optional(),
    ...page,
  }),
};

const parse = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AwsError('ValidationException', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is malformed'}`);
};

const paginate = <T>(items: readonly T[], limit: number | undefined, token: string | undefined) => {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  const to = from + (limit || 100);
  return { part: items.slice(from, to), next: to < items.length ? { nextToken: String(to) } : {} };
};

const seconds = (milliseconds: number): number => milliseconds / 1000;
const present = (fields: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null));

const summary = (record: ExecutionRecord) => ({
  executionArn: record.arn,
  stateMachineArn: record.stateMachineArn,
  name: record.name,
  status: record.status,
  startDate: seconds(record.startDate),
  ...(record.stopDate === null ? {} : { stopDate: seconds(record.stopDate) }),
  redriveCount: 0,
});

const description = (record: ExecutionRecord) => ({
  ...summary(record),
  input: record.input,
  inputDetails: { included: true },
  ...present({ output: record.output, error: record.error, cause: record.cause }),
  ...(record.output === null ? {} : { outputDetails: { included: true } }),
});

const machineSummary = (machine: StateMachine, type = 'STANDARD') => ({
  stateMachineArn: machine.arn,
  name: machine.name,
  type,
  creationDate: seconds(machine.creationDate),
});

/** Makes a state machine out of a definition's text; fails with InvalidDefinition. */
export const createMachine = (region: string, machineName: string, source: string): StateMachine => {
  const arn = stateMachineArn(region, machineName);
  try {
    return { arn, name: machineName, definition: readDefinition(parseJson(source)), source, creationDate: Date.now() };
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError) && !(error instanceof SyntaxError)) throw error;
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition of ${machineName}: ${error.message}`);
  }
};

const checkInput = (input: string): string => {
  if (Buffer.byteLength(input) > DATA_LIMIT)
    throw new AwsError('InvalidExecutionInput', 'The input is larger than 256 KiB.');
  try {
    parseJson(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: it is not JSON.');
  }
  return input;
};

export type Operation = (input: unknown) => Promise<object>;

/** An execution as it was at that time; null before its start. */
const asOf = (record: ExecutionRecord, time: number): ExecutionRecord | null => {
  if (record.startDate > time) return null;
  if (record.stopDate === null || record.stopDate <= time) return record;
  return { ...record, status: 'RUNNING', stopDate: null, output: null, error: null, cause: null };
};

/**
 * The operations of the Step Functions API by name.
 * @param viewLagMs milliseconds by which the next description or list is behind
 */
export const createOperations = (
  region: string,
  machines: Map<string, StateMachine>,
  executions: Executions,
  viewLagMs: () => number,
): Readonly<Record<string, Operation>> => {
  const machineOf = (arn: string): StateMachine => {
    const machine = machines.get(arn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  };
  const start = (input: unknown): ExecutionRecord => {
    const request = parse(schemas.StartExecution, input);
    const machine = machineOf(request.stateMachineArn);
    return executions.start(machine, request.name ?? randomUUID(), checkInput(request.input ?? '{}'));
  };
  return {
    CreateStateMachine: async (input) => {
      const request = parse(schemas.CreateStateMachine, input);
      const machine = createMachine(region, request.name, request.definition);
      const earlier = machines.get(machine.arn);
      if (earlier && earlier.source !== machine.source) {
        throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${machine.arn}'`);
      }
      if (!earlier) machines.set(machine.arn, machine);
      return { stateMachineArn: machine.arn, creationDate: seconds((earlier ?? machine).creationDate) };
    },
    UpdateStateMachine: async (input) => {
      const request = parse(schemas.UpdateStateMachine, input);
      const earlier = machineOf(request.stateMachineArn);
      const fresh = createMachine(region, earlier.name, request.definition ?? earlier.source);
      machines.set(earlier.arn, { ...fresh, creationDate: earlier.creationDate });
      return { updateDate: seconds(Date.now()) };
    },
    DeleteStateMachine: async (input) => {
      machines.delete(parse(schemas.DeleteStateMachine, input).stateMachineArn);
      return {};
    },
    DescribeStateMachine: async (input) => {
      const machine = machineOf(parse(schemas.DescribeStateMachine, input).stateMachineArn);
      return { ...machineSummary(machine), status: 'ACTIVE', definition: machine.source, roleArn: '' };
    },
    ListStateMachines: async (input) => {
      const { maxResults, nextToken } = parse(schemas.ListStateMachines, input);
      const { part, next } = paginate([...machines.values()], maxResults, nextToken);
      return { stateMachines: part.map((machine) => machineSummary(machine)), ...next };
    },
    StartExecution: async (input) => {
      const record = start(input);
      return { executionArn: record.arn, startDate: seconds(record.startDate) };
    },
    StartSyncExecution: async (input) => {
      const record = await executions.ended(start(input).arn);
      return { ...description(record), billingDetails: {} };
    },
    DescribeExecution: async (input) => {
      const { executionArn: arn } = parse(schemas.DescribeExecution, input);
      const record = asOf(executions.get(arn), Date.now() - viewLagMs());
      if (record === null) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
      return description(record);
    },
    ListExecutions: async (input) => {
      const request = parse(schemas.ListExecutions, input);
      if (request.stateMachineArn !== undefined) machineOf(request.stateMachineArn);
      const { stateMachineArn: of = null, statusFilter } = request;
      const time = Date.now() - viewLagMs();
      const found = executions
        .list(of, null)
        .map((record) => asOf(record, time))
        .filter((record) => record !== null)
        .filter(({ status }) => statusFilter === undefined || status === statusFilter);
      const { part, next } = paginate(found, request.maxResults, request.nextToken);
      return { executions: part.map(summary), ...next };
    },
    StopExecution: async (input) => {
      const request = parse(schemas.StopExecution, input);
      const record = await executions.stop(request.executionArn, request.error, request.cause);
      return { stopDate: seconds(record.stopDate ?? Date.now()) };
    },
    GetExecutionHistory: async (input) => {
      const request = parse(schemas.GetExecutionHistory, input);
      const events = [...executions.history(request.executionArn)];
      if (request.reverseOrder) events.reverse();
      const { part, next } = paginate(events, request.maxResults, request.nextToken);
      const shown = part.map(({ details, timestamp, ...event }) => ({
        ...event,
        timestamp: seconds(timestamp),
        ...details,
      }));
      return { events: shown, ...next };
    },
  };
};
