import { AwsError } from '../http/aws-error.ts';
import { type Json, type JsonObject, parseJson } from '../json.ts';
import type { Logger } from '../log.ts';
import type { Definition } from './engine/definition.ts';
import { ExecutionEnd, FlowError } from './engine/errors.ts';
import type { Invoke, TimeoutMs } from './engine/execution.ts';
import { createHistory, type History, type HistoryEvent } from './engine/history.ts';
import { runBranch } from './engine/run.ts';
import { orAborted } from './engine/waiting.ts';
import type { Journal } from './journal.ts';
import { executionArn } from './names.ts';
import type { ExecutionRecord, ExecutionStatus } from './records.ts';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly definition: Definition;
  /** The definition as it was given. */
  readonly source: string;
  /** Milliseconds UTC. */
  readonly creationDate: number;
}

interface Running {
  readonly controller: AbortController;
  readonly history: History;
  readonly ended: Promise<ExecutionRecord>;
}

export interface Executions {
  /** Starts an execution, or answers the running one of the same name and input. Fails with ExecutionAlreadyExists. */
  start(machine: StateMachine, name: string, input: string): ExecutionRecord;
  /** Ends a running execution; an ended one is left as it is. */
  stop(arn: string, error?: string, cause?: string): Promise<ExecutionRecord>;
  /** Fails with ExecutionDoesNotExist. */
  get(arn: string): ExecutionRecord;
  /** Newest first. */
  list(stateMachineArn: string | null, status: ExecutionStatus | null): ExecutionRecord[];
  history(arn: string): readonly HistoryEvent[];
  /** Answers the record once the execution has ended. */
  ended(arn: string): Promise<ExecutionRecord>;
  /** Gives up everything that runs, without a word in the journal: a restart finds it as running. */
  abandon(): void;
}

export interface ExecutionsOptions {
  readonly region: string;
  readonly invoke: Invoke;
  readonly journal: Journal;
  readonly onStatusChange: (record: ExecutionRecord) => void;
  readonly log: Logger;
  readonly secondMs: number;
  readonly timeoutMs: TimeoutMs;
  readonly random: () => number;
}

/** Ended executions kept in memory. */
const KEPT = 5000;

const failureEvent = {
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

const closedHistory = (record: ExecutionRecord): readonly HistoryEvent[] => {
  const history = createHistory(() => record.startDate);
  history.add('ExecutionStarted', 0, { executionStartedEventDetails: { input: record.input } });
  if (record.status === 'ABORTED') {
    history.add('ExecutionAborted', 1, { executionAbortedEventDetails: { cause: record.cause ?? '' } });
  }
  return history.events;
};

/** Every execution of the stack: those that run, and what is remembered of those that ended. */
export const createExecutions = (options: ExecutionsOptions): Executions => {
  const { region, journal, log } = options;
  const records = new Map<string, ExecutionRecord>();
  const running = new Map<string, Running>();

  const save = (record: ExecutionRecord): void => {
    records.set(record.arn, record);
    journal.write(record);
    options.onStatusChange(record);
  };

  const forgetOldest = (): void => {
    for (const [arn, { status }] of records) {
      if (records.size <= KEPT) return;
      if (status === 'RUNNING') continue;
      records.delete(arn);
      journal.forget(arn);
    }
  };

  for (const record of journal.found) records.set(record.arn, record);
  for (const record of journal.found.filter(({ status }) => status === 'RUNNING')) {
    const cause = 'The local stack was stopped while the execution was running.';
    save({ ...record, status: 'ABORTED', stopDate: Date.now(), error: 'LocalStack.Stopped', cause });
  }

  const outcome = async (
    work: () => Promise<Json>,
  ): Promise<Pick<ExecutionRecord, 'status' | 'output' | 'error' | 'cause'>> => {
    try {
      return { status: 'SUCCEEDED', output: JSON.stringify(await work()), error: null, cause: null };
    } catch (reason) {
      if (reason instanceof ExecutionEnd) {
        return { status: reason.status, output: null, error: reason.error ?? null, cause: reason.detail ?? null };
      }
      if (reason instanceof FlowError)
        return { status: 'FAILED', output: null, error: reason.error, cause: reason.detail };
      log.error('the flow engine failed', reason);
      return { status: 'FAILED', output: null, error: 'States.Runtime', cause: String(reason) };
    }
  };

  const finish = (history: History, last: number, record: ExecutionRecord): void => {
    if (record.status === 'SUCCEEDED') {
      history.add('ExecutionSucceeded', last, { executionSucceededEventDetails: { output: record.output } });
    } else if (record.status !== 'RUNNING') {
      const type = failureEvent[record.status];
      const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
      history.add(type, last, {
        [key]: {
          ...(record.error === null ? {} : { error: record.error }),
          ...(record.cause === null ? {} : { cause: record.cause }),
        },
      });
    }
    history.seal();
  };

  const run = async (machine: StateMachine, record: ExecutionRecord, controller: AbortController, history: History) => {
    const input = parseJson(record.input);
    const context: JsonObject = {
      Execution: {
        Id: record.arn,
        Name: record.name,
        Input: input,
        StartTime: new Date(record.startDate).toISOString(),
        RoleArn: '',
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    const execution = { ...options, stateMachine: machine.name, history, context };
    const first = history.add('ExecutionStarted', 0, { executionStartedEventDetails: { input: record.input } });
    const thread = { last: first, context, signal: controller.signal };
    const seconds = machine.definition.TimeoutSeconds;
    const expire = (): void => controller.abort(new ExecutionEnd('TIMED_OUT', 'States.Timeout'));
    const timer = seconds === undefined ? null : setTimeout(expire, seconds * 1000);
    const result = await outcome(() =>
      orAborted(runBranch(execution, machine.definition, structuredClone(input), thread), controller.signal),
    );
    if (timer !== null) clearTimeout(timer);
    const ended = { ...record, ...result, stopDate: Date.now() };
    finish(history, thread.last, ended);
    return ended;
  };

  const get = (arn: string): ExecutionRecord => {
    const record = records.get(arn);
    if (!record) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return record;
  };

  let abandoned = false;
  const launch = (machine: StateMachine, record: ExecutionRecord): void => {
    const controller = new AbortController();
    const history = createHistory();
    const ended = run(machine, record, controller, history).then((last) => {
      running.delete(record.arn);
      if (abandoned) return last;
      journal.writeHistory(record.arn, history.events);
      save(last);
      forgetOldest();
      return last;
    });
    ended.catch((error: unknown) => log.error(`execution ${record.arn} could not be closed`, error));
    running.set(record.arn, { controller, history, ended });
  };

  return {
    start: (machine, name, input) => {
      if (abandoned) throw new AwsError('ServiceUnavailable', 'The local stack is stopping.', {}, 503);
      const arn = executionArn(region, machine.name, name);
      const earlier = records.get(arn);
      if (earlier?.status === 'RUNNING' && earlier.input === input) return earlier;
      if (earlier) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      const record: ExecutionRecord = {
        arn,
        stateMachineArn: machine.arn,
        name,
        input,
        status: 'RUNNING',
        startDate: Date.now(),
        stopDate: null,
        output: null,
        error: null,
        cause: null,
      };
      save(record);
      launch(machine, record);
      return record;
    },
    stop: async (arn, error, cause) => {
      const record = get(arn);
      const current = running.get(arn);
      if (!current) return record;
      current.controller.abort(new ExecutionEnd('ABORTED', error, cause));
      return current.ended;
    },
    get,
    list: (stateMachineArn, status) =>
      [...records.values()]
        .filter((record) => stateMachineArn === null || record.stateMachineArn === stateMachineArn)
        .filter((record) => status === null || record.status === status)
        .reverse(),
    history: (arn) => {
      const record = get(arn);
      return running.get(arn)?.history.events ?? journal.readHistory(arn) ?? closedHistory(record);
    },
    ended: async (arn) => running.get(arn)?.ended ?? get(arn),
    abandon: () => {
      abandoned = true;
      for (const { controller } of running.values()) controller.abort(new ExecutionEnd('ABORTED'));
    },
  };
};
