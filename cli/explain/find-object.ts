import { pathTo } from '../../lib/openstack/http/service-request.ts';
import type { Api } from '../api/client.ts';
import {
  type Amphora,
  type ApiObject,
  amphoraShape,
  type Operation,
  objectShape,
  operationShape,
  parentShape,
} from '../api/shapes.ts';
import { CommandError, RefusedError, UsageError } from '../output/errors.ts';

/** What an id belongs to. */
export type Found =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'amphora'; readonly object: Amphora }
  | { readonly kind: ObjectKind; readonly object: ApiObject };

const PATHS = [
  ['load balancer', 'loadbalancers', 'loadbalancer'],
  ['listener', 'listeners', 'listener'],
  ['pool', 'pools', 'pool'],
  ['health monitor', 'healthmonitors', 'healthmonitor'],
  ['L7 policy', 'l7policies', 'l7policy'],
] as const;
export type ObjectKind = (typeof PATHS)[number][0] | 'member' | 'L7 rule';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws UsageError */
export const checkId = (id: string): string => {
  if (UUID.test(id)) return id.toLowerCase();
  throw new UsageError(
    `${id}: is no id`,
    'give the id of an object, such as 0f5e2ab8-6f0e-4a27-8f7e-2f8a5ab3f2f0; names are not unique',
  );
};

/** Null also for what these credentials may not see. */
const unlessHidden = async <T>(asking: Promise<T | null>): Promise<T | null> => {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 403) return null;
    throw error;
  }
};

const firstOf = async <T>(asked: readonly Promise<T | null>[]): Promise<T | null> =>
  (await Promise.all(asked)).find((found) => found !== null) ?? null;

/** Members and rules are found by their parents: the API has no address for them alone. */
const findBelow = async (api: Api, id: string): Promise<Found | null> => {
  const holds = (children: readonly { readonly id: string }[] | undefined) =>
    children?.some((child) => child.id === id);
  const fields = (name: string) => ({
    query: [
      ['fields', 'id'],
      ['fields', name],
    ] as const,
  });
  const [pools, policies] = await Promise.all([
    api.list('/v2.0/lbaas/pools', 'pools', parentShape, fields('members')),
    api.list('/v2.0/lbaas/l7policies', 'l7policies', parentShape, fields('rules')),
  ]);
  const pool = pools.find(({ members }) => holds(members));
  if (pool !== undefined) {
    const object = await api.find(pathTo`/v2.0/lbaas/pools/${pool.id}/members/${id}`, 'member', objectShape);
    return object && { kind: 'member', object: { ...object, pools: [pool] } };
  }
  const policy = policies.find(({ rules }) => holds(rules));
  if (policy === undefined) return null;
  const object = await api.find(pathTo`/v2.0/lbaas/l7policies/${policy.id}/rules/${id}`, 'rule', objectShape);
  const parent = await api.find(pathTo`/v2.0/lbaas/l7policies/${policy.id}`, 'l7policy', objectShape);
  return object && { kind: 'L7 rule', object: { ...object, listener_id: parent?.listener_id } };
};

/** What the id belongs to, whatever it is. @throws CommandError it is nothing's, or hidden from these credentials */
export const findObject = async (api: Api, id: string): Promise<Found> => {
  const kinds = PATHS.map(async ([kind, plural, wrapper]): Promise<Found | null> => {
    const object = await unlessHidden(api.find(pathTo`/v2.0/lbaas/${plural}/${id}`, wrapper, objectShape));
    return object && { kind, object };
  });
  const operation = async (): Promise<Found | null> => {
    const found = await unlessHidden(api.find(pathTo`/v2.0/lbaas/operations/${id}`, 'operation', operationShape));
    return found && { kind: 'operation', operation: found };
  };
  const amphora = async (): Promise<Found | null> => {
    const found = await unlessHidden(api.find(pathTo`/v2.0/octavia/amphorae/${id}`, 'amphora', amphoraShape));
    return found && { kind: 'amphora', object: found };
  };
  const found = (await firstOf([operation(), amphora(), ...kinds])) ?? (await findBelow(api, id));
  if (found !== null) return found;
  throw new CommandError(
    `${id} is nothing these credentials can see`,
    'check the id and the project; an object that was deleted is found by the id of its operation: deploy-worker operations list',
  );
};

/** The id of the load balancer that an object belongs to; null where there is none, or it is gone. */
export const loadBalancerOf = async (api: Api, found: Found): Promise<string | null> => {
  if (found.kind === 'operation') return found.operation.loadbalancer_id;
  if (found.kind === 'amphora') return found.object.loadbalancer_id ?? null;
  if (found.kind === 'load balancer') return found.object.id;
  const { loadbalancers, pools, listener_id } = found.object;
  const [direct] = loadbalancers ?? [];
  if (direct !== undefined) return direct.id;
  const [pool] = pools ?? [];
  const parent =
    pool !== undefined
      ? await api.find(pathTo`/v2.0/lbaas/pools/${pool.id}`, 'pool', objectShape)
      : listener_id
        ? await api.find(pathTo`/v2.0/lbaas/listeners/${listener_id}`, 'listener', objectShape)
        : null;
  return parent?.loadbalancers?.[0]?.id ?? null;
};
