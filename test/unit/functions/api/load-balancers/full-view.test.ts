import { expect, it } from 'vitest';
import * as z from 'zod';
import { fullView } from '../../../../../functions/api/load-balancers/full-view.ts';
import type { LoadBalancerTree } from '../../../../../lib/models/objects/tree.ts';
import { newListener, newMember, newMonitor, newPolicy, newPool, newRule } from '../../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';

/** Listeners that share one pool of so many members. */
const treeOf = (listeners: number, members: number): LoadBalancerTree => {
  const owner = newLoadBalancer();
  const pool = newPool(owner);
  return {
    load_balancer: {
      ...owner,
      lock: null,
      fence: 1,
      generation: 1,
      ingress_checksum: null,
      staged_operation_id: null,
      incomplete: false,
    },
    listeners: Array.from({ length: listeners }, () => newListener(owner, { default_pool_id: pool.id })),
    pools: [pool],
    members: Array.from({ length: members }, () => newMember(pool)),
    health_monitors: [],
    l7_policies: [],
    l7_rules: [],
    amphorae: [],
  };
};

it('shows all that hangs on a load balancer, each object once', () => {
  const tree = treeOf(2, 3);
  const view = fullView(tree);
  const members = tree.members.map(({ id }) => expect.objectContaining({ id }));
  const [pool] = tree.pools;
  expect(view.listeners).toEqual([1, 2].map(() => expect.objectContaining({ default_pool_id: pool?.id })));
  expect(view.pools).toEqual([expect.objectContaining({ members })]);
});

const NAMED = `id name description project_id tenant_id provisioning_status operating_status admin_state_up created_at
  updated_at tags`;
const WITHOUT_DESCRIPTION = NAMED.replace('description ', '');

/** What upstream's answer to the POST of a tree has: nothing leads upwards, and pools are named by their ids. */
const KEYS = {
  listener: `${NAMED} protocol protocol_port connection_limit default_tls_container_ref sni_container_refs default_pool_id
    l7policies insert_headers timeout_client_data timeout_member_connect timeout_member_data timeout_tcp_inspect
    client_ca_tls_container_ref client_authentication client_crl_container_ref allowed_cidrs tls_ciphers tls_versions
    alpn_protocols hsts_max_age hsts_include_subdomains hsts_preload`,
  policy: `${NAMED} action listener_id redirect_pool_id redirect_url redirect_prefix position redirect_http_code rules`,
  rule: `${WITHOUT_DESCRIPTION.replace('name ', '')} type compare_type key value invert`,
  pool: `${NAMED} protocol lb_algorithm session_persistence listeners members healthmonitor tls_container_ref
    ca_tls_container_ref crl_container_ref tls_enabled tls_ciphers tls_versions alpn_protocols`,
  member: `${WITHOUT_DESCRIPTION} address protocol_port weight backup subnet_id monitor_address monitor_port vnic_type`,
  monitor: `${WITHOUT_DESCRIPTION} type delay timeout max_retries max_retries_down http_method url_path expected_codes
    http_version domain_name`,
};

it('shows the keys that upstream shows', () => {
  const tree = treeOf(1, 1);
  const [[pool], [listener]] = [tree.pools, tree.listeners];
  if (pool === undefined || listener === undefined) throw new Error('no pool or listener');
  const policy = newPolicy(listener);
  const view = fullView({
    ...tree,
    health_monitors: [newMonitor(pool)],
    l7_policies: [policy],
    l7_rules: [newRule(policy)],
  });
  const part = z.looseObject({});
  const tallest = z.object({
    listeners: z.tuple([z.looseObject({ l7policies: z.tuple([z.looseObject({ rules: z.tuple([part]) })]) })]),
    pools: z.tuple([z.looseObject({ members: z.tuple([part]), healthmonitor: part })]),
  });
  const {
    listeners: [one],
    pools: [shown],
  } = tallest.parse(view);
  const [shownPolicy] = one.l7policies;
  const parts: readonly (readonly [object, string])[] = [
    [one, KEYS.listener],
    [shownPolicy, KEYS.policy],
    [shownPolicy.rules[0], KEYS.rule],
    [shown, KEYS.pool],
    [shown.members[0], KEYS.member],
    [shown.healthmonitor, KEYS.monitor],
  ];
  for (const [object, keys] of parts) expect(Object.keys(object).sort()).toEqual(keys.split(/\s+/).sort());
});

it('shows ids where that would be more than an answer may have', () => {
  const tree = treeOf(1, 15_000);
  const view = fullView(tree);
  expect(view.listeners).toEqual(tree.listeners.map(({ id }) => ({ id })));
  expect(view.pools).toEqual(tree.pools.map(({ id }) => ({ id })));
  expect(view.name).toBe('web');
});
