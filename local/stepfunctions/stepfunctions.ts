import { AwsError } from '../http/aws-error.ts';
import { listenAwsJson } from '../http/aws-json.ts';
import { type Logger, quietLogger } from '../log.ts';
import type { Invoke, TimeoutMs } from './engine/execution.ts';
import { createExecutions, type Executions, type StateMachine } from './executions.ts';
import { createMemoryJournal, openJournal } from './journal.ts';
import { stateMachineArn } from './names.ts';
import { createMachine, createOperations } from './operations.ts';
import { type BusEvent, statusChangeEvent } from './status-event.ts';

export interface StepfunctionsOptions {
  /** Calls the function behind a task. */
  readonly invoke: Invoke;
  /** State machines that are there from the start: name and definition (an object, or its JSON text). */
  readonly stateMachines?: readonly { readonly name: string; readonly definition: unknown }[];
  /** Where executions are recorded; null keeps them in memory. @default null */
  readonly folder?: string | null;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default us-east-1 */
  readonly region?: string;
  readonly log?: Logger;
  /** Milliseconds a second of Wait and Retry lasts, for tests in a hurry. @default 1000 */
  readonly secondMs?: number;
  /** How long the time limit of a task is, for tests that let one run into it. @default 1000 for each second */
  readonly timeoutMs?: TimeoutMs;
  /** From 0 up to 1, for the jitter of retries. @default Math.random */
  readonly random?: () => number;
  /** Whether the next request to the operation is throttled. @default none is */
  readonly isThrottled?: (operation: string) => boolean;
  /** Milliseconds by which the next description or list of executions is behind. @default 0 each */
  readonly viewLagMs?: () => number;
}

export interface Stepfunctions {
  readonly endpoint: string;
  /** `arn:...:stateMachine:`, what stands before a state machine's name. */
  readonly stateMachineArnPrefix: string;
  readonly executions: Executions;
  /** Calls the listener with every "Step Functions Execution Status Change"; answers how to stop that. */
  onStatusChange(listener: (event: BusEvent) => void): () => void;
  /** Answers when nothing runs any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the embedded Step Functions: the service's API over an engine for the state language's JSONPath dialect.
 * Fails with InvalidDefinition for a definition it cannot run, or with the socket's error when the port is taken.
 */
export const startStepfunctions = async (options: StepfunctionsOptions): Promise<Stepfunctions> => {
  const { invoke, region = 'us-east-1', host = '127.0.0.1', port = 0, folder = null, log = quietLogger } = options;
  const machines = new Map<string, StateMachine>();
  for (const { name, definition } of options.stateMachines ?? []) {
    const machine = createMachine(
      region,
      name,
      typeof definition === 'string' ? definition : JSON.stringify(definition),
    );
    machines.set(machine.arn, machine);
  }
  const journal = folder === null ? createMemoryJournal() : openJournal(folder);
  const listeners = new Set<(event: BusEvent) => void>();
  // No listener can be added before this function has answered: what a restart found aborted waits for the first
  // listener.
  const early: BusEvent[] = [];
  let ready = false;
  const executions = createExecutions({
    region,
    invoke,
    journal,
    log,
    secondMs: options.secondMs ?? 1000,
    timeoutMs: options.timeoutMs ?? ((_call, seconds) => seconds * 1000),
    random: options.random ?? Math.random,
    onStatusChange: (record) => {
      const event = statusChangeEvent(record, region);
      if (!ready) early.push(event);
      for (const listener of listeners) listener(event);
    },
  });
  ready = true;
  const operations = createOperations(region, machines, executions, options.viewLagMs ?? (() => 0));
  const handle = async (name: string, input: unknown): Promise<object> => {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw new AwsError('UnknownOperationException', `${name} is not part of this stack.`);
    if (options.isThrottled?.(name)) throw new AwsError('ThrottlingException', 'Rate exceeded');
    return operation(input);
  };
  const server = await listenAwsJson({ host, port, targetPrefix: 'AWSStepFunctions', handle, log });
  return {
    endpoint: server.endpoint,
    stateMachineArnPrefix: stateMachineArn(region, ''),
    executions,
    onStatusChange: (listener) => {
      listeners.add(listener);
      for (const event of early.splice(0)) listener(event);
      return () => listeners.delete(listener);
    },
    idle: async () => {
      const open = executions.list(null, 'RUNNING');
      await Promise.all(open.map(({ arn }) => executions.ended(arn)));
    },
    stop: async () => {
      executions.abandon();
      await server.stop();
      journal.close();
    },
  };
};
