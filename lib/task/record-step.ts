import type { MiddlewareObj } from '@middy/core';
import { OperationSuperseded } from '../errors/flow.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { beginStep, endStep } from '../repositories/operations/operations.ts';
import { stepLog } from './step-log.ts';

const nameAndMessage = (error: unknown) =>
  error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: 'an error of unknown kind' };

export interface StepKind<Result> {
  /** What a repetition after the operation was closed under the same fence answers, without running; null: refused. */
  readonly settled: Result | Record<string, never> | null;
  /** A repetition after the step moved the operation to a new fence runs again, and decides again. */
  readonly movesFence: boolean;
}

/** Checks the fence and records the step: begun before the task, ended after it with its outcome. */
export const recordStep = <Input extends FlowInput, Result>(
  name: string,
  { settled, movesFence }: StepKind<Result>,
): MiddlewareObj<Input, Result | Record<string, never>> => {
  /** By request, since one container may be asked again while an abandoned call is still running. */
  const begun = new WeakMap<object, { readonly startedAt: string; readonly subject: string | null }>();
  const subjectOf = (flow: FlowInput) => (flow.target === 'load_balancer' ? flow.amphora_id : null);
  const begin = async (flow: FlowInput, subject: string | null) => {
    try {
      return await beginStep(flow, name, subject, movesFence);
    } catch (error) {
      if (movesFence && error instanceof OperationSuperseded) return null;
      throw error;
    }
  };
  return {
    before: async (request) => {
      const flow = request.event;
      const subject = subjectOf(flow);
      const step = await begin(flow, subject);
      if (step === null) return undefined;
      if (!step.begun) {
        if (settled !== null) return settled;
        throw new OperationSuperseded(flow.operation_id);
      }
      begun.set(request, { startedAt: step.startedAt, subject });
      return undefined;
    },
    after: async (request) => {
      const step = begun.get(request);
      if (step === undefined) return;
      await endStep(request.event, name, step.subject, step.startedAt, null);
      stepLog(name, request.event).info('step succeeded', { duration_ms: Date.now() - Date.parse(step.startedAt) });
    },
    onError: async (request) => {
      const failure = nameAndMessage(request.error);
      stepLog(name, request.event).warn('step failed', { error_name: failure.name, error_message: failure.message });
      const step = begun.get(request);
      if (step === undefined) return;
      await endStep(request.event, name, step.subject, step.startedAt, failure);
    },
  };
};
