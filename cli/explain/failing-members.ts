import * as z from 'zod';
import { pathTo } from '../../lib/openstack/http/service-request.ts';
import type { Api } from '../api/client.ts';
import type { Found } from './find-object.ts';

const text = z.string().max(500);
const memberShape = z.object({ id: text, operating_status: text, address: text, protocol_port: z.int() });
const poolShape = z.object({
  id: text,
  health_monitor: z.object({ type: text }).nullish(),
  members: z.array(memberShape),
});
/** The part of a load balancer's status tree that says which members fail. */
const treeShape = z.object({
  loadbalancer: z.object({
    listeners: z.array(z.object({ id: text, pools: z.array(poolShape).max(1_000) })).max(1_000),
  }),
});
export type Tree = z.infer<typeof treeShape>;

/** So many are named. */
const MOST = 10;
const FAILING = new Set(['ERROR', 'DEGRADED']);

const isIn = ({ kind, object }: Exclude<Found, { readonly kind: 'operation' }>, ids: readonly string[]): boolean =>
  kind === 'load balancer' || kind === 'amphora' || ids.includes(object.id);

/** Members in ERROR below an object of the tree, in words; each once. */
export const failingMembers = (
  found: Exclude<Found, { readonly kind: 'operation' }>,
  tree: Tree,
): readonly string[] => {
  const words = tree.loadbalancer.listeners.flatMap((listener) =>
    listener.pools.flatMap((pool) =>
      pool.members
        .filter((member) => member.operating_status === 'ERROR' && isIn(found, [listener.id, pool.id, member.id]))
        .map(({ id, address, protocol_port }) => {
          const type = pool.health_monitor ? `${pool.health_monitor.type} ` : '';
          return `member ${id} fails its ${type}health checks: look at ${address} port ${protocol_port}`;
        }),
    ),
  );
  return [...new Set(words)].slice(0, MOST);
};

/** Why an object that was configured well does not serve well; empty when it does. */
export const whyNotServing = async (
  api: Api,
  found: Found,
  loadBalancerId: string | null,
): Promise<readonly string[]> => {
  if (found.kind === 'operation' || found.kind === 'amphora' || loadBalancerId === null) return [];
  if (!FAILING.has(found.object.operating_status)) return [];
  const tree = await api.get(pathTo`/v2.0/lbaas/loadbalancers/${loadBalancerId}/status`, 'statuses', treeShape);
  return failingMembers(found, tree);
};
