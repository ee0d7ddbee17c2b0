import { randomUUID } from 'node:crypto';
import { DuplicateMemberError } from '../../../lib/errors/conflict.ts';
import type { Child } from '../../../lib/models/child.ts';
import type { Pool } from '../../../lib/models/pool.ts';
import type { Place } from '../children/new-object.ts';
import type { ApiSettings } from '../dependencies.ts';
import { checkHealthMonitor } from '../health-monitors/check.ts';
import { draftHealthMonitor } from '../health-monitors/draft.ts';
import { checkMemberOptions } from '../members/check.ts';
import { draftMember } from '../members/draft.ts';
import { checkPool } from '../pools/check.ts';
import { draftPool } from '../pools/draft.ts';
import { invalidInput, validationFailure } from '../refusals.ts';
import { checkTlsOptions } from '../tls/options.ts';
import type { GraphFields, GraphPool } from './graph-body.ts';

/** What a graph is made for. */
export interface GraphPlace extends Omit<Place, 'id'> {
  readonly provider: string;
  readonly settings: ApiSettings;
}

/** Pools of a graph by their names, and all that hangs on them. */
export interface PlannedPools {
  readonly byName: ReadonlyMap<string, Pool>;
  readonly children: readonly Child[];
}

/** Only a name: it stands for a pool that is defined elsewhere. */
const isReference = (pool: GraphPool): boolean =>
  Object.entries(pool).every(([field, value]) => field === 'name' || value === undefined);

const mandatory = <T>(value: T | undefined, field: string): T => {
  if (value === undefined) throw invalidInput(field, 'None', 'Mandatory field missing.');
  return value;
};

/** All pools that are named anywhere in the graph. */
const poolsIn = ({ listeners, pools }: GraphFields): readonly GraphPool[] => [
  ...(pools ?? []),
  ...(listeners ?? []).flatMap(({ default_pool, l7policies }) => [
    ...(default_pool ? [default_pool] : []),
    ...(l7policies ?? []).flatMap(({ redirect_pool }) => redirect_pool ?? []),
  ]),
];

const membersOf = (fields: GraphPool, pool: Pool): readonly Child[] => {
  const { project_id, load_balancer_id, id: pool_id } = pool;
  const monitored = Boolean(fields.healthmonitor);
  const taken = new Set<string>();
  return (fields.members ?? []).map((member) => {
    const address = `${member.address} ${member.protocol_port}`;
    if (taken.has(address)) throw new DuplicateMemberError(member.address, member.protocol_port);
    taken.add(address);
    checkMemberOptions(member);
    const place = { id: randomUUID(), project_id, load_balancer_id, pool_id, monitored };
    return { kind: 'member', object: draftMember(place, member) };
  });
};

const monitorOf = (fields: GraphPool, pool: Pool, { settings }: GraphPlace): readonly Child[] => {
  if (!fields.healthmonitor) return [];
  const { project_id, load_balancer_id, id: pool_id } = pool;
  const place = { id: randomUUID(), project_id, load_balancer_id, pool_id };
  const object = draftHealthMonitor(place, fields.healthmonitor);
  checkHealthMonitor(object, { pool, settings });
  return [{ kind: 'health_monitor', object }];
};

/** The graph's pools with their members and health monitors. @throws ApiError 400, 501 @throws DuplicateMemberError */
export const planPools = (fields: GraphFields, place: GraphPlace): PlannedPools => {
  const byName = new Map<string, Pool>();
  const children: Child[] = [];
  const named = poolsIn(fields);
  for (const given of named) {
    if (!given.name) throw validationFailure('Pools must be named when creating a fully populated load balancer.');
    if (isReference(given)) continue;
    if (byName.has(given.name)) throw validationFailure(`Pool name '${given.name}' must be unique.`);
    const whole = {
      ...given,
      protocol: mandatory(given.protocol, 'protocol'),
      lb_algorithm: mandatory(given.lb_algorithm, 'lb_algorithm'),
    };
    checkTlsOptions(given, place.settings);
    const object = draftPool({ ...place, id: randomUUID() }, whole, place.settings);
    checkPool(object, place.provider);
    byName.set(given.name, object);
    children.push({ kind: 'pool', object }, ...membersOf(given, object), ...monitorOf(given, object, place));
  }
  return { byName, children };
};

/** The pool that a name in the graph stands for; null for none. @throws ApiError 400 nobody has defined it */
export const plannedPool = (planned: PlannedPools, given: GraphPool | null | undefined): Pool | null => {
  if (!given) return null;
  const found = planned.byName.get(given.name ?? '');
  if (found !== undefined) return found;
  throw validationFailure(`Pool '${given.name}' was referenced but no full definition was found.`);
};
