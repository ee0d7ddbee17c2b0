import type { Child, ChildKind, ChildObjects } from './child.ts';
import type { LoadBalancerTree } from './tree.ts';

/*
 * The kinds of objects below a load balancer: every fact about a kind stands here, and only here. What else depends on the
 * kind (the schema of a row, the view of the API, the "not found" error) is a record by kind that the compiler holds complete.
 */

interface Facts<Kind extends ChildKind> {
  /** First part of the sort key of its row; never changes, since rows outlive the code. */
  readonly row: string;
  /** As upstream calls one in a refusal of its state, its size or its values. */
  readonly title: string;
  /** As upstream calls one that is not found, or that a quota refuses. */
  readonly name: string;
  /** The resource that its quota counts. */
  readonly quota: string;
  /** As the API wraps one in a body, and names it in policies. */
  readonly resource: string;
  /** In lists of a project; false: in the list below its parent alone. */
  readonly listed: boolean;
  /** Heartbeats set its operating status; false: it serves as soon as it is applied. */
  readonly observed: boolean;
  /** Id of what it hangs on: it goes when that goes. */
  readonly parentOf: (object: ChildObjects[Kind]) => string;
  readonly objectsIn: (tree: LoadBalancerTree) => readonly ChildObjects[Kind][];
}

/** Parents stand before what hangs on them. */
const TABLE = {
  listener: {
    row: 'LISTENER',
    title: 'Listener',
    name: 'Listener',
    quota: 'listener',
    resource: 'listener',
    listed: true,
    observed: true,
    parentOf: ({ load_balancer_id }) => load_balancer_id,
    objectsIn: ({ listeners }) => listeners,
  },
  pool: {
    row: 'POOL',
    title: 'Pool',
    name: 'Pool',
    quota: 'pool',
    resource: 'pool',
    listed: true,
    observed: true,
    parentOf: ({ load_balancer_id }) => load_balancer_id,
    objectsIn: ({ pools }) => pools,
  },
  member: {
    row: 'MEMBER',
    title: 'Member',
    name: 'Member',
    quota: 'member',
    resource: 'member',
    listed: false,
    observed: true,
    parentOf: ({ pool_id }) => pool_id,
    objectsIn: ({ members }) => members,
  },
  health_monitor: {
    row: 'HM',
    title: 'Health Monitor',
    name: 'Health Monitor',
    quota: 'health_monitor',
    resource: 'healthmonitor',
    listed: true,
    observed: false,
    parentOf: ({ pool_id }) => pool_id,
    objectsIn: ({ health_monitors }) => health_monitors,
  },
  l7_policy: {
    row: 'L7POLICY',
    title: 'L7Policy',
    name: 'L7 Policy',
    quota: 'l7policy',
    resource: 'l7policy',
    listed: true,
    observed: false,
    parentOf: ({ listener_id }) => listener_id,
    objectsIn: ({ l7_policies }) => l7_policies,
  },
  l7_rule: {
    row: 'L7RULE',
    title: 'L7Rule',
    name: 'L7 Rule',
    quota: 'l7rule',
    resource: 'l7rule',
    listed: false,
    observed: false,
    parentOf: ({ l7policy_id }) => l7policy_id,
    objectsIn: ({ l7_rules }) => l7_rules,
  },
} as const satisfies { readonly [Kind in ChildKind]: Facts<Kind> };

type Table = typeof TABLE;
type Words<Kind extends ChildKind> = Pick<Table[Kind], 'row' | 'quota' | 'resource'>;

/** The kinds of which lists of a project hold the objects. */
export type ListedKind = { [Kind in ChildKind]: Table[Kind]['listed'] extends true ? Kind : never }[ChildKind];

export const KINDS: { readonly [Kind in ChildKind]: Facts<Kind> & Words<Kind> } = TABLE;

const isChildKind = (name: string): name is ChildKind => Object.hasOwn(TABLE, name);

/** Parents before what hangs on them. */
export const CHILD_KINDS: readonly ChildKind[] = /* @__PURE__ */ Object.keys(TABLE).filter(isChildKind);

/** The objects of one kind, each with its kind. */
export const childrenOfKind = <Kind extends ChildKind>(tree: LoadBalancerTree, kind: Kind): readonly Child<Kind>[] =>
  KINDS[kind].objectsIn(tree).map((object): Child<Kind> => ({ kind, object }));
