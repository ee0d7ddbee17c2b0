import type { Child } from '../../../lib/models/objects/child.ts';
import { KINDS } from '../../../lib/models/objects/kinds.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import type { QuotaNumbers } from '../../../lib/models/objects/quota.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { childrenOf, doomedIds } from '../../../lib/models/objects/tree-children.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import type { TreeRead, TreeRow } from '../../../lib/repositories/objects/trees.ts';
import { flavorOrZoneRow, profileRow } from '../../../lib/repositories/rows/flavors-and-zones.ts';
import { quotaRowOf } from '../../../lib/repositories/rows/quota.ts';
import { rolloutRow } from '../../../lib/repositories/rows/rollout.ts';
import { RowType, rolloutKey } from '../../../lib/repositories/table/keys.ts';
import { AVAILABILITY_ZONE, AVAILABILITY_ZONE_PROFILE } from '../flavors-and-zones/availability-zones.ts';
import { FLAVOR, FLAVOR_PROFILE } from '../flavors-and-zones/flavors.ts';
import { HEALTH_MONITOR } from '../health-monitors/definition.ts';
import { L7_POLICY } from '../l7-policies/definition.ts';
import { L7_RULE } from '../l7-rules/definition.ts';
import { LISTENER } from '../listeners/definition.ts';
import { LOAD_BALANCER } from '../load-balancers/definition.ts';
import { MEMBER } from '../members/definition.ts';
import { POOL } from '../pools/definition.ts';
import { quotaView } from '../quotas/definition.ts';
import { isUnchosen } from '../vip/dry-run-port.ts';
import type { Projection, RowChange } from './projection.ts';
import type { ObjectChange } from './shape.ts';

type Fields = Readonly<Record<string, unknown>>;

/** They follow from a change, and are not what was asked for. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['provisioning_status', 'operating_status', 'updated_at']);

/** @param tree what is around it; null leaves that out */
const viewOf = (child: Child, tree: LoadBalancerTree | null): Fields => {
  switch (child.kind) {
    case 'listener':
      return { ...LISTENER.view(child.object, tree) };
    case 'pool': {
      const members = (tree?.members ?? []).filter(({ pool_id }) => pool_id === child.object.id).map(({ id }) => id);
      return { ...POOL.view(child.object, { tree, members: new Map([[child.object.id, members]]) }) };
    }
    case 'member':
      return { ...MEMBER.view(child.object, null) };
    case 'health_monitor':
      return { ...HEALTH_MONITOR.view(child.object, null) };
    case 'l7_policy':
      return { ...L7_POLICY.view(child.object, tree) };
    case 'l7_rule':
      return { ...L7_RULE.view(child.object, null) };
  }
};

const chosen = (address: string): string | null => (isUnchosen(address) ? null : address);

/** What Neutron has still to choose is null. */
const ownView = (loadBalancer: LoadBalancer): Fields => {
  const { listeners: _listeners, pools: _pools, ...view } = LOAD_BALANCER.view(loadBalancer, null);
  return {
    ...view,
    vip_address: chosen(view.vip_address),
    vip_port_id: view.vip_port_id || null,
    additional_vips: view.additional_vips.map(({ subnet_id, ip_address, port_id }) => ({
      subnet_id,
      ip_address: chosen(ip_address),
      port_id: port_id || null,
    })),
  };
};

const created = (type: string, id: string, object: Fields): ObjectChange => ({
  action: 'create',
  type,
  id,
  object,
  changes: null,
});

export const removed = (type: string, id: string): ObjectChange => ({
  action: 'delete',
  type,
  id,
  object: null,
  changes: null,
});

/** Nothing, when all that changes are its statuses. */
const updated = (type: string, id: string, before: Fields, after: Fields): readonly ObjectChange[] => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !CONSEQUENCES.has(name));
  const different = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (different.length === 0) return [];
  const change = (name: string) => ({ before: before[name] ?? null, after: after[name] ?? null });
  const changes = Object.fromEntries(different.map((name) => [name, change(name)]));
  return [{ action: 'update', type, id, object: null, changes }];
};

const isLeaving = ({ provisioning_status: status }: LoadBalancer): boolean =>
  status === ProvisioningStatus.PENDING_DELETE;

/** Objects that go with the change, and did not go before. */
const leaving = ({ before, after }: Pick<Projection, 'before' | 'after'>): ReadonlySet<string> => {
  if (before === null || after === null) return new Set();
  if (isLeaving(after.tree.load_balancer)) return new Set(childrenOf(after.tree).map(({ object }) => object.id));
  const already = doomedIds(before.tree, before.changes);
  return new Set([...doomedIds(after.tree, after.changes)].filter((id) => !already.has(id)));
};

const ownChange = (before: TreeRead | null, { tree: { load_balancer: after } }: TreeRead): readonly ObjectChange[] => {
  const type = 'loadbalancer';
  if (before === null) return [created(type, after.id, ownView(after))];
  const former = before.tree.load_balancer;
  if (isLeaving(after)) return isLeaving(former) ? [] : [removed(type, after.id)];
  return updated(type, after.id, ownView(former), ownView(after));
};

/** Of one load balancer and what is below it: parents before what hangs on them. */
const treeChanges = (projection: Projection): readonly ObjectChange[] => {
  const { before, after } = projection;
  if (after === null) return [];
  const former = new Map((before === null ? [] : childrenOf(before.tree)).map((child) => [child.object.id, child]));
  const goes = leaving(projection);
  const below = childrenOf(after.tree)
    .toReversed()
    .flatMap((child): readonly ObjectChange[] => {
      const type = KINDS[child.kind].resource;
      const { id } = child.object;
      const known = former.get(id);
      if (goes.has(id)) return [removed(type, id)];
      if (known === undefined) return [created(type, id, viewOf(child, after.tree))];
      return updated(type, id, viewOf(known, null), viewOf(child, null));
    });
  return [...ownChange(before, after), ...below];
};

type Shown = (row: TreeRow) => Fields;

const ofOperators = new Map<string, readonly [type: string, shown: Shown]>([
  [RowType.FLAVOR, ['flavor', (row) => FLAVOR.view(flavorOrZoneRow.parse(row), null)]],
  [RowType.FLAVOR_PROFILE, ['flavorprofile', (row) => FLAVOR_PROFILE.view(profileRow.parse(row), null)]],
  [RowType.AVAILABILITY_ZONE, ['availability_zone', (row) => AVAILABILITY_ZONE.view(flavorOrZoneRow.parse(row), null)]],
  [
    RowType.AVAILABILITY_ZONE_PROFILE,
    ['availability_zone_profile', (row) => AVAILABILITY_ZONE_PROFILE.view(profileRow.parse(row), null)],
  ],
]);

const ROLLOUT = rolloutKey('').sk;
const rollout: readonly [type: string, shown: Shown] = [
  'rollout',
  (row) => {
    const { forgiven: _forgiven, requester: _requester, ...shown } = rolloutRow.parse(row);
    return shown;
  },
];

/** Objects without a parent: flavors, availability zones, their profiles, roll-outs, and a project's limits. */
const loneChange =
  (defaults: QuotaNumbers) =>
  (change: RowChange): readonly ObjectChange[] => {
    const { sk, before, after } = change;
    if (sk === RowType.QUOTA) {
      const projectId = String(after?.project_id ?? before?.project_id);
      const limits = (row: TreeRow | null) => ({ ...quotaView(quotaRowOf(projectId, row).limits, defaults) });
      return updated('quota', projectId, limits(before?.project_id === undefined ? null : before), limits(after));
    }
    const known = sk.startsWith(ROLLOUT) ? rollout : ofOperators.get(sk);
    if (known === undefined) return [];
    const [type, shown] = known;
    if (after === null) return before === null ? [] : [removed(type, String(before.id))];
    if (before === null) return [created(type, String(after.id), shown(after))];
    return updated(type, String(after.id), shown(before), shown(after));
  };

/** What would be created, changed and deleted, as the API calls and shows it; amphorae apart. */
export const objectChanges = (projection: Projection, defaults: QuotaNumbers): readonly ObjectChange[] => [
  ...treeChanges(projection),
  ...projection.others.flatMap(loneChange(defaults)),
];
