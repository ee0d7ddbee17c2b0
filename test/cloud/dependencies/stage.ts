import * as z from 'zod';
import type { StackOptions } from '../../../local/stack.ts';

type AroundTask = NonNullable<StackOptions['aroundTask']>;

/** What happens before each task of the flows that work on a load balancer. */
export type BeforeTask = (state: string, operationId: string) => Promise<void> | void;

/** Stands between the flows and their functions: a flow goes on only when the fault of its load balancer is known. */
export interface Stage {
  readonly aroundTask: AroundTask;
  /** From now on; for a load balancer that was just created, its flow has waited for this. */
  lay(loadBalancerId: string, before: BeforeTask): void;
}

const ids = z.looseObject({ loadbalancer_id: z.string(), operation_id: z.string() });

export const createStage = (): Stage => {
  const plans = new Map<string, BeforeTask>();
  const known = new Map<string, PromiseWithResolvers<void>>();
  const knownOf = (id: string): PromiseWithResolvers<void> => {
    const entry = known.get(id) ?? Promise.withResolvers<void>();
    known.set(id, entry);
    return entry;
  };
  return {
    async aroundTask(call, run) {
      const { loadbalancer_id: id, operation_id } = ids.parse(call.payload);
      await knownOf(id).promise;
      await plans.get(id)?.(call.state, operation_id);
      return await run();
    },
    lay(id, before) {
      plans.set(id, before);
      knownOf(id).resolve();
    },
  };
};

/** A place in a flow where it stands until it is let go. */
export interface Halt {
  readonly before: BeforeTask;
  /** Once the flow stands there. */
  readonly reached: Promise<void>;
  letGo(): void;
}

/** Halts a flow at its first task of that name. */
export const haltAt = (state: string): Halt => {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  return {
    before: async (name) => {
      if (name !== state) return;
      reached.resolve();
      await gate.promise;
    },
    reached: reached.promise,
    letGo: gate.resolve,
  };
};
