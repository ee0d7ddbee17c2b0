/*
 * The flows, by their file names under statemachines/: every fact about a flow that code outside it branches on stands here,
 * and only here. A test holds the table against the state machines.
 */

/** The row whose lock an operation holds. */
export type LockTarget = 'load_balancer' | 'amphora';

export interface FlowFacts {
  readonly target: LockTarget;
  /** In the queue for a limit: repairs first, then what tenants ask for, then what can wait. */
  readonly priority: 'repair' | 'request' | 'upkeep';
  /** What its execution is started with, besides the ids and the fence: the operation's `input`. */
  readonly input: readonly string[];
  /** The amphorae it builds: that of the operation, or those that its input names. */
  readonly comes: 'none' | 'own' | 'amphorae' | 'replacements';
  /** Several amphorae are built side by side; false: one after another. */
  readonly buildsAtOnce: boolean;
  /** The amphorae that it deletes; `everything` is the load balancer, with them and all else that it owns. */
  readonly goes: 'none' | 'own' | 'replaced' | 'all' | 'everything';
  /** It looks for further changes of the load balancer before it settles. */
  readonly joinable: boolean;
  /** What its target is when it is given up, since its execution was lost too often. */
  readonly givenUp: 'error' | 'active' | 'as it was';
}

const TABLE = {
  'create-amphora': {
    target: 'amphora',
    priority: 'upkeep',
    input: [],
    comes: 'own',
    buildsAtOnce: false,
    goes: 'none',
    joinable: false,
    givenUp: 'error',
  },
  'delete-amphora': {
    target: 'amphora',
    priority: 'request',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'own',
    joinable: false,
    givenUp: 'error',
  },
  'failover-amphora': {
    target: 'load_balancer',
    priority: 'repair',
    input: ['replacements'],
    comes: 'replacements',
    buildsAtOnce: false,
    goes: 'replaced',
    joinable: false,
    givenUp: 'error',
  },
  'create-load-balancer': {
    target: 'load_balancer',
    priority: 'request',
    input: ['amphorae', 'topology'],
    comes: 'amphorae',
    buildsAtOnce: true,
    goes: 'none',
    joinable: false,
    givenUp: 'error',
  },
  'update-load-balancer': {
    target: 'load_balancer',
    priority: 'request',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'none',
    joinable: false,
    givenUp: 'error',
  },
  'restore-load-balancer': {
    target: 'load_balancer',
    priority: 'request',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'none',
    joinable: true,
    givenUp: 'error',
  },
  'delete-load-balancer': {
    target: 'load_balancer',
    priority: 'request',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'everything',
    joinable: false,
    givenUp: 'error',
  },
  'failover-load-balancer': {
    target: 'load_balancer',
    priority: 'repair',
    input: ['amphorae'],
    comes: 'amphorae',
    buildsAtOnce: false,
    goes: 'all',
    joinable: false,
    givenUp: 'error',
  },
  'apply-changes': {
    target: 'load_balancer',
    priority: 'request',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'none',
    joinable: true,
    givenUp: 'active',
  },
  'rotate-amphora-certificate': {
    target: 'amphora',
    priority: 'upkeep',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'none',
    joinable: false,
    givenUp: 'as it was',
  },
  'update-amphora-agent-config': {
    target: 'amphora',
    priority: 'upkeep',
    input: [],
    comes: 'none',
    buildsAtOnce: false,
    goes: 'none',
    joinable: false,
    givenUp: 'as it was',
  },
} as const satisfies Readonly<Record<string, FlowFacts>>;

export type Flow = keyof typeof TABLE;

export const FLOW_FACTS: Readonly<Record<Flow, FlowFacts>> = TABLE;

const isFlow = (name: string): name is Flow => Object.hasOwn(TABLE, name);

export const FLOWS: readonly Flow[] = /* @__PURE__ */ Object.keys(TABLE).filter(isFlow);
