import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { underRequestId } from '../context/request-id.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { parseInput } from './parse-input.ts';
import { recordStep } from './record-step.ts';
import { type StepLog, stepLog } from './step-log.ts';

/** What a task gets besides its input. */
export interface TaskContext {
  /** The fence every write of the task carries. */
  readonly flow: FlowInput;
  /** Milliseconds until the function is stopped. */
  remainingMs(): number;
  readonly log: StepLog;
}

export type TaskInput = FlowInput & { readonly [fact: string]: unknown };

/** A small plain object that becomes part of the flow's state, or nothing. */
export type TaskResult = Readonly<Record<string, unknown>> | undefined;

export interface TaskDefinition<Input extends TaskInput, Result extends TaskResult> {
  /** The state's name, which is also the function's. */
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** Wires the task to its drivers, once per container and not before the first call. */
  readonly create: () => (input: Input, context: TaskContext) => Promise<Result>;
  /** True for the step that closes the operation: repeating it after that is a success. */
  readonly settles?: boolean;
  /** What such a repetition answers. @default {} */
  readonly settled?: Result;
  /** True for the step that moves the operation to a new fence: it may be repeated under the old one. */
  readonly movesFence?: boolean;
}

/**
 * Makes the Lambda handler of one task state. Around the task it parses the input, checks the fence, records the
 * step on the operation, gives the cloud's logs the operation's id, and lets errors out under their names, which the flow's Retry and Catch match.
 */
export const task = <Input extends TaskInput, Result extends TaskResult>(definition: TaskDefinition<Input, Result>) => {
  let run: ReturnType<typeof definition.create> | undefined;
  const work = async (input: Input, context: Context): Promise<Result | Record<string, never>> => {
    run ??= definition.create();
    const task = run;
    const remainingMs = () => context.getRemainingTimeInMillis();
    const result = await underRequestId(`req-${input.operation_id}`, () =>
      task(input, { flow: input, remainingMs, log: stepLog(definition.name, input) }),
    );
    return result ?? {};
  };
  const { name, input, settles = false, settled, movesFence = false } = definition;
  return middy<Input, Result | Record<string, never>, Error, Context>()
    .use(parseInput(name, input))
    .use(recordStep(name, { settled: settles ? (settled ?? {}) : null, movesFence }))
    .handler(work);
};
