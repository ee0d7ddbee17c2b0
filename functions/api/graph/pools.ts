import { randomUUID } from 'node:crypto';
import { DuplicateMemberError } from '../../../lib/errors/conflict.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { socketOf } from '../../../lib/tools/addresses.ts';
import { invalidInput, validationFailure } from '../answers/refusals.ts';
import type { Place } from '../children/new-object.ts';
import { checkHealthMonitor } from '../health-monitors/check.ts';
import { draftHealthMonitor } from '../health-monitors/definition.ts';
import { checkMemberOptions } from '../members/check.ts';
import { draftMember } from '../members/definition.ts';
import { checkPool } from '../pools/check.ts';
import { draftPool } from '../pools/definition.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { checkCiphers, checkTlsLists } from '../tls/options.ts';
import type { GraphListener, GraphPool, PoolFields } from './body.ts';

/** What a graph is made for. */
export interface GraphPlace extends Omit<Place, 'id'> {
  readonly provider: string;
  readonly settings: ApiSettings;
}

/** A pool, and the members and the health monitor that come with it. */
export interface PlannedPool {
  readonly pool: Pool;
  readonly below: readonly Child[];
}

/** Pools of a graph, and all that hangs on them. */
export interface PlannedPools {
  /** By the place where they are defined. */
  readonly defined: ReadonlyMap<GraphPool, Pool>;
  readonly byName: ReadonlyMap<string, Pool>;
  readonly children: readonly Child[];
}

/** Only a name, perhaps with switches that clients always send: it stands for a pool that is defined elsewhere. */
const isReference = ({ name, admin_state_up: _on, tls_enabled: _tls, ...others }: GraphPool): boolean =>
  Boolean(name) && Object.values(others).every((value) => value === undefined);

const mandatory = <T>(value: T | undefined, field: string): T => {
  if (value === undefined) throw invalidInput(field, 'None', 'Mandatory field missing.');
  return value;
};

/** All pools that a listener names. */
export const poolsOf = ({ default_pool, l7policies }: GraphListener): readonly GraphPool[] => [
  ...(default_pool ? [default_pool] : []),
  ...(l7policies ?? []).flatMap(({ redirect_pool }) => redirect_pool ?? []),
];

const membersOf = (fields: PoolFields, pool: Pool): readonly Child[] => {
  const { project_id, load_balancer_id, id: pool_id } = pool;
  const monitored = Boolean(fields.healthmonitor);
  const taken = new Set<string>();
  return (fields.members ?? []).map((member) => {
    const place = { id: randomUUID(), project_id, load_balancer_id, pool_id, monitored };
    const object = draftMember(place, member);
    const socket = socketOf(object);
    if (taken.has(socket)) throw new DuplicateMemberError(member.address, member.protocol_port);
    taken.add(socket);
    checkMemberOptions(member);
    return { kind: 'member', object };
  });
};

const monitorOf = (fields: PoolFields, pool: Pool, settings: ApiSettings): readonly Child[] => {
  if (!fields.healthmonitor) return [];
  const { project_id, load_balancer_id, id: pool_id } = pool;
  const place = { id: randomUUID(), project_id, load_balancer_id, pool_id };
  const object = draftHealthMonitor(place, fields.healthmonitor);
  checkHealthMonitor(object, { pool, settings });
  return [{ kind: 'health_monitor', object }];
};

/** The pool that the fields ask for, with what comes with it. @throws ApiError 400, 501 @throws DuplicateMemberError */
export const planPool = (id: string, fields: PoolFields, place: GraphPlace): PlannedPool => {
  const { provider, settings, project_id, load_balancer_id } = place;
  checkCiphers(fields, settings);
  const pool = draftPool({ id, project_id, load_balancer_id }, fields, settings);
  checkPool(pool, provider);
  if (pool.tls_enabled) checkTlsLists(fields, settings);
  return { pool, below: [...membersOf(fields, pool), ...monitorOf(fields, pool, settings)] };
};

/**
 * Pools with their members and health monitors.
 * @param given pools that are all defined here
 * @param named pools of listeners and policies: those that are defined there, too
 * @throws ApiError 400, 501
 * @throws DuplicateMemberError
 */
export const planPools = (
  given: readonly GraphPool[],
  named: readonly GraphPool[],
  place: GraphPlace,
): PlannedPools => {
  const defined = new Map<GraphPool, Pool>();
  const byName = new Map<string, Pool>();
  const children: Child[] = [];
  for (const fields of [...given, ...named.filter((one) => !isReference(one))]) {
    if (fields.name && byName.has(fields.name)) throw validationFailure(`Pool name '${fields.name}' must be unique.`);
    const whole = {
      ...fields,
      protocol: mandatory(fields.protocol, 'protocol'),
      lb_algorithm: mandatory(fields.lb_algorithm, 'lb_algorithm'),
    };
    const { pool, below } = planPool(randomUUID(), whole, place);
    defined.set(fields, pool);
    if (fields.name) byName.set(fields.name, pool);
    children.push({ kind: 'pool', object: pool }, ...below);
  }
  return { defined, byName, children };
};

/** The pool that a place in the graph stands for. @throws ApiError 400 it is defined nowhere */
export const plannedPool = ({ defined, byName }: PlannedPools, given: GraphPool): Pool => {
  const found = defined.get(given) ?? byName.get(given.name ?? '');
  if (found !== undefined) return found;
  throw validationFailure(`Pool '${given.name}' was referenced but no full definition was found.`);
};
