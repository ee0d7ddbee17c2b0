import type { Json } from '../../local/json.ts';
import type { TaskCall } from '../../local/stepfunctions/engine/execution.ts';
import type { Break, FaultCase } from './cases.ts';
import { type Place, under } from './probe.ts';

const never = new Promise<never>(() => {});

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** One fault that waits for its task, and what came of it. */
export interface Plan {
  readonly wanted: FaultCase;
  /** Milliseconds, when the fault was injected into its task; null before. */
  struckAt: number | null;
  /** True for the call that will not be answered in time. */
  letsWait(call: TaskCall): boolean;
  /** Lets a handler that stands still go on; answers when it has ended. */
  wake(): Promise<void>;
  /** Stands between the flow and the function. */
  deliver(call: TaskCall, run: () => Promise<Json>): Promise<Json>;
}

export interface PlanOptions {
  /** Where the function behind the state makes its changes. */
  readonly place: Place;
  /** What goes wrong besides, so that the flow comes to the state; null when nothing needs to. */
  readonly breakAt: Break | null;
  /** Stops the execution of an operation. */
  readonly stop: (operationId: string) => Promise<void>;
  /** The whole stack is about to be killed. */
  readonly killed: () => void;
}

const operationOf = ({ payload }: TaskCall): string => {
  const id = typeof payload === 'object' && payload !== null && 'operation_id' in payload ? payload.operation_id : null;
  if (typeof id !== 'string') throw new Error('A task without an operation.');
  return id;
};

export const createPlan = (wanted: FaultCase, { place, breakAt, stop, killed }: PlanOptions): Plan => {
  let first: string | null = null;
  let broken = false;
  const held = Promise.withResolvers<void>();
  const late: Promise<unknown>[] = [];

  const strike = async (call: TaskCall, run: () => Promise<Json>): Promise<Json> => {
    /** Runs the handler until its first effect, or to its end where it has none; from there on `then` decides. */
    const upTo = async (moment: 'beforeEffect' | 'afterEffect', then: () => Promise<void>): Promise<Json> => {
      let reached = false;
      const there = async (): Promise<void> => {
        reached = true;
        await then();
      };
      const answer = await under({ place, [moment]: there }, run);
      if (!reached) await then();
      return answer;
    };
    switch (wanted.fault) {
      case 'throws before':
        throw failure('HandlerBroken', 'The handler threw before it did anything.');
      case 'throws after':
        await run();
        throw failure('HandlerBroken', 'The handler threw when it had done everything.');
      case 'hangs':
        late.push(Promise.allSettled([upTo('beforeEffect', () => held.promise)]));
        return await never;
      case 'dies': {
        const died = Promise.withResolvers<never>();
        const running = upTo('afterEffect', async () => {
          died.reject(failure('Runtime.ExitError', 'Error: Runtime exited with error: signal: killed'));
          await never;
        });
        return await Promise.race([running, died.promise]);
      }
      case 'aborted':
        return await upTo('beforeEffect', () => stop(operationOf(call)));
      case 'all killed':
        return await upTo('afterEffect', async () => {
          killed();
          await never;
        });
      case 'twice': {
        const both = [run(), run()];
        late.push(Promise.allSettled(both));
        return await Promise.race(both);
      }
      default: {
        const running = upTo('beforeEffect', async () => {
          await stop(operationOf(call));
          await held.promise;
        });
        late.push(Promise.allSettled([running]));
        return await running;
      }
    }
  };

  const plan: Plan = {
    wanted,
    struckAt: null,
    letsWait: ({ state }) => wanted.fault === 'hangs' && state === wanted.state && plan.struckAt === null,
    wake: async () => {
      held.resolve();
      await Promise.all(late);
    },
    deliver: async (call, run) => {
      first ??= operationOf(call);
      if (call.state === wanted.state && plan.struckAt === null) {
        plan.struckAt = Date.now();
        return await strike(call, run);
      }
      if (call.state === breakAt?.state && operationOf(call) === first && !(breakAt.once && broken)) {
        broken = true;
        throw failure(breakAt.error, 'The flow was made to fail here.');
      }
      return await run();
    },
  };
  return plan;
};
