import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import type { Operation } from '../../lib/models/operations/operation.ts';
import { getOperation } from '../../lib/repositories/operations/operations.ts';
import { documents, tableName } from '../../lib/repositories/table/client.ts';
import type { StandInCloud } from '../../local/cloud/cloud.ts';
import { parseJson } from '../../local/json.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import type { TaskCall } from '../../local/stepfunctions/engine/execution.ts';
import { executionArn } from '../../local/stepfunctions/names.ts';
import type { LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { tenant } from '../helpers/tenant.ts';
import { type Break, type FaultCase, flowOf } from './cases.ts';
import { createPlan, type Plan } from './plan.ts';
import type { Place } from './probe.ts';

/** How fast time goes by: a second of a flow's Wait and Retry, and one of the time limit of a handler that hangs. */
export const SECOND_MS = 20;
/** A minute's sweep, and what a fresh lock is left alone. */
export const SWEEP_MS = 3_000;
const GRACE_MS = 500;
/** The end of an execution is heard of; this is for what ends otherwise. */
const LOOK_AGAIN_MS = 1_000;

export type Row = Readonly<Record<string, unknown>>;

/** One stack under test, and what a case needs of it. */
export interface World {
  readonly stack: Stack;
  readonly cloud: StandInCloud;
  readonly worker: ControllerWorker;
  readonly alice: LoadBalancerApi;
  readonly bob: LoadBalancerApi;
  readonly admin: LoadBalancerApi;
  /** A fault that waits for its task. */
  plan(wanted: FaultCase, breakAt: Break | null, killed?: () => void): Plan;
  /** The fault is injected into the flow that works on this load balancer, or spare amphora. */
  lay(subjectId: string, plan: Plan): void;
  /** The same for one that `make` asks for, whose id is unknown before; one after another. */
  making(make: () => Promise<{ readonly id: string }>, plan: Plan | null): Promise<string>;
  forget(subjectId: string): void;
  /** Every row of a partition, strongly consistent; only those behind a sort key, when one is given. */
  rows(pk: string, behind?: string): Promise<readonly Row[]>;
  /** The id of the newest operation in a partition of operations; the empty text when there is none. */
  newest(pk: string): Promise<string>;
  /** The operation's record once it has ended, also if another one carried it on. @throws Error when it does not */
  ended(operationId: string, limitMs?: number): Promise<Operation>;
  stop(): Promise<void>;
}

const ids = (payload: unknown): readonly (string | null)[] => {
  const text = (name: string): string | null => {
    const value = typeof payload === 'object' && payload !== null ? Reflect.get(payload, name) : null;
    return typeof value === 'string' ? value : null;
  };
  return [text('loadbalancer_id'), text('amphora_id')];
};

/** Starts a stack in this process, with two amphorae for every load balancer, in a hurry. */
export const openWorld = async (options: Partial<StackOptions> = {}): Promise<World> => {
  /** null: no fault. */
  const plans = new Map<string, Plan | null>();
  let coming: Plan | null = null;
  let making: Promise<unknown> = Promise.resolve();
  /** Whose id comes up for the first time is the one that is being made: they are made one after another. */
  const planOf = (call: TaskCall): Plan | undefined => {
    const subject = ids(call.payload).find((id) => id !== null) ?? '';
    if (!plans.has(subject)) plans.set(subject, coming);
    const plan = plans.get(subject);
    return plan && plan.wanted.flow === flowOf(call.stateMachine) ? plan : undefined;
  };
  const stack = await startStack({
    dataFolder: null,
    quiet: true,
    schedules: false,
    heartbeats: false,
    addressBlock: 'any',
    bootDelayMs: 20,
    secondMs: SECOND_MS,
    timeoutMs: (call, seconds) => seconds * (planOf(call)?.letsWait(call) ? SECOND_MS : 1000),
    ...options,
    settings: {
      LOG_LEVEL: 'SILENT',
      LOADBALANCER_TOPOLOGY: 'ACTIVE_STANDBY',
      NOVA_ENABLE_ANTI_AFFINITY: 'true',
      NOVA_ANTI_AFFINITY_POLICY: 'soft-anti-affinity',
      // On, and out of reach: all that stands still here holds a place.
      BUILD_RATE_LIMIT: '500',
      FAILOVER_LIMIT: '500',
      RECOVERY_GRACE_MS: String(GRACE_MS),
      DISPATCH_GRACE_MS: String(GRACE_MS),
      ...options.settings,
    },
    aroundTask: async (call, run) => {
      const plan = planOf(call);
      return plan === undefined ? await run() : await plan.deliver(call, run);
    },
  });
  const { cloud, stepFunctions, definitions } = stack;
  if (cloud === null || stepFunctions === null) throw new Error('The stack has no cloud or no flows of its own.');
  const machineOf = new Map(definitions.stateMachines.map(({ name }) => [flowOf(name), name]));
  const [alice, bob, admin] = await Promise.all([tenant(stack), tenant(stack, 'bob'), tenant(stack, 'admin')]);

  // States are named as their functions are, but for those that a flow has twice.
  const placeOf = ({ state }: FaultCase): Place => {
    const named = definitions.functions
      .filter(({ key }) => state.startsWith(key))
      .sort((a, b) => b.key.length - a.key.length);
    return named[0]?.handler.includes('/database/') ? 'table' : 'outside';
  };

  const sweep = async (): Promise<void> => {
    for (const key of ['DispatchOperations', 'RecoverOperations']) await stack.invoke(key, {});
  };
  const endings = new EventEmitter().setMaxListeners(0);
  stepFunctions.onStatusChange(({ detail }) => {
    if (detail.status === 'RUNNING') return;
    for (const id of ids(parseJson(String(detail.input)))) if (id !== null) endings.emit(id);
  });
  let open = true;
  const sweeping = (async () => {
    while (open) {
      await pause(SWEEP_MS);
      if (open) await sweep().catch((error: unknown) => console.error('sweep:', error));
    }
  })();

  return {
    stack,
    cloud,
    worker: new ControllerWorker(),
    alice,
    bob,
    admin,
    plan: (wanted, breakAt, killed = () => {}) => {
      const stop = async (operationId: string): Promise<void> => {
        const machine = machineOf.get(wanted.flow) ?? '';
        await stepFunctions.executions.stop(executionArn(definitions.region, machine, operationId));
      };
      return createPlan(wanted, { place: placeOf(wanted), breakAt, stop, killed });
    },
    lay: (subjectId, plan) => {
      plans.set(subjectId, plan);
    },
    making: async (make, plan) => {
      const turn = making.then(async () => {
        coming = plan;
        const { id } = await make();
        plans.set(id, plan);
        return id;
      });
      making = turn.catch(() => {});
      return await turn;
    },
    forget: (subjectId) => {
      plans.set(subjectId, null);
    },
    rows: async (pk, behind) => {
      const { Items } = await documents().send(
        new QueryCommand({
          TableName: tableName(),
          KeyConditionExpression: behind === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :behind',
          ExpressionAttributeValues: { ':pk': pk, ...(behind === undefined ? {} : { ':behind': behind }) },
          ConsistentRead: true,
        }),
      );
      return Items ?? [];
    },
    newest: async (pk) => {
      const { Items } = await documents().send(
        new QueryCommand({
          TableName: tableName(),
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ProjectionExpression: 'id',
          ScanIndexForward: false,
          Limit: 1,
          ConsistentRead: true,
        }),
      );
      return String(Items?.[0]?.id ?? '');
    },
    ended: async (operationId, limitMs = 150_000) => {
      for (const end = Date.now() + limitMs; ; ) {
        const operation = await getOperation(operationId);
        if (operation.ended_at !== null) return operation;
        if (Date.now() > end) throw new Error(`operation ${operationId} is ${operation.status} after ${limitMs} ms`);
        const subject = operation.loadbalancer_id ?? operation.amphora_id ?? '';
        await Promise.race([new Promise((resolve) => endings.once(subject, resolve)), pause(LOOK_AGAIN_MS)]);
      }
    },
    stop: async () => {
      open = false;
      await sweeping;
      await stack.stop();
    },
  };
};
