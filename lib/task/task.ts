import middy, { type MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { underDeadline } from '../context/deadline.ts';
import { underRequestId } from '../context/request-id.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { parseInput } from './parse-input.ts';
import { recordStep } from './record-step.ts';
import { type StepLog, stepLog } from './step-log.ts';

/** What a task gets besides its input. */
export interface TaskContext {
  /** The fence every write of the task carries. */
  readonly flow: FlowInput;
  readonly log: StepLog;
}

export type TaskInput = FlowInput & { readonly [fact: string]: unknown };

/** A small plain object that becomes part of the flow's state, or nothing. */
export type TaskResult = Readonly<Record<string, unknown>> | undefined;

interface TaskFacts<Input extends TaskInput, Result extends TaskResult> {
  /** The state's name, which is also the function's. */
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** True for the step that closes the operation: repeating it after that is a success. */
  readonly settles?: boolean;
  /** What such a repetition answers. @default {} */
  readonly settled?: Result;
  /** True for the step that moves the operation to a new fence: it may be repeated under the old one. */
  readonly movesFence?: boolean;
}

/** A task that works on the table alone. */
interface TableTask<Input extends TaskInput, Result extends TaskResult> extends TaskFacts<Input, Result> {
  readonly drivers?: undefined;
  run(input: Input, context: TaskContext): Promise<Result>;
}

/** A task that also asks services, by their drivers. */
interface ServiceTask<Input extends TaskInput, Result extends TaskResult, Drivers> extends TaskFacts<Input, Result> {
  /** Made once per container, and not before the first call. */
  drivers(): Drivers;
  run(input: Input, context: TaskContext, drivers: Drivers): Promise<Result>;
}

type Wrapped<Input, Result> = MiddyfiedHandler<Input, Result | Record<string, never>, Error, Context>;
type TaskHandler<Input, Result> = (...call: Parameters<Wrapped<Input, Result>>) => ReturnType<Wrapped<Input, Result>>;

/**
 * Makes the Lambda handler of one task state. Around the task it parses the input, checks the fence, records the
 * step on the operation, gives the cloud's logs the operation's id, bounds requests by the function's time, and lets errors out
 * under their names, which the flow's Retry and Catch match.
 */
export function task<Input extends TaskInput, Result extends TaskResult>(
  definition: TableTask<Input, Result>,
): TaskHandler<Input, Result>;
export function task<Input extends TaskInput, Result extends TaskResult, Drivers>(
  definition: ServiceTask<Input, Result, Drivers>,
): TaskHandler<Input, Result>;
export function task<Input extends TaskInput, Result extends TaskResult, Drivers>(
  definition: TableTask<Input, Result> | ServiceTask<Input, Result, Drivers>,
): TaskHandler<Input, Result> {
  const wired = (): TableTask<Input, Result>['run'] => {
    if (definition.drivers === undefined) return definition.run;
    const drivers = definition.drivers();
    return (input, context) => definition.run(input, context, drivers);
  };
  let run: ReturnType<typeof wired> | undefined;
  const work = async (input: Input): Promise<Result | Record<string, never>> => {
    run ??= wired();
    const task = run;
    const result = await underRequestId(`req-${input.operation_id}`, () =>
      task(input, { flow: input, log: stepLog(definition.name, input) }),
    );
    return result ?? {};
  };
  const { name, input, settles = false, settled, movesFence = false } = definition;
  return underDeadline(
    middy<Input, Result | Record<string, never>, Error, Context>()
      .use(parseInput(name, input))
      .use(recordStep(name, { settled: settles ? (settled ?? {}) : null, movesFence }))
      .handler(work),
  );
}
