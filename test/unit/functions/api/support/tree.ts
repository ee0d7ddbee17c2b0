import type { StatusSource } from '../../../../../functions/api/load-balancers/statuses.ts';
import type { L7Policy, L7Rule } from '../../../../../lib/models/objects/l7.ts';
import type { Listener } from '../../../../../lib/models/objects/listener.ts';
import type { HealthMonitor, Member, Pool } from '../../../../../lib/models/objects/pool.ts';

const object = (id: string) => ({
  id,
  name: id,
  project_id: 'p',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: null,
  tags: [],
  provisioning_status: 'ACTIVE' as const,
  operating_status: 'ONLINE' as const,
  load_balancer_id: 'lb',
  description: '',
  enabled: true,
});

const listener = (): Listener => ({
  ...object('listener'),
  protocol: 'HTTP',
  protocol_port: 80,
  connection_limit: -1,
  default_pool_id: 'default-pool',
  tls_certificate_id: null,
  sni_containers: [],
  client_ca_tls_certificate_id: null,
  client_authentication: 'NONE',
  client_crl_container_id: null,
  insert_headers: {},
  timeout_client_data: 50_000,
  timeout_member_connect: 5_000,
  timeout_member_data: 50_000,
  timeout_tcp_inspect: 0,
  allowed_cidrs: [],
  tls_ciphers: null,
  tls_versions: null,
  alpn_protocols: null,
  hsts_max_age: null,
  hsts_include_subdomains: false,
  hsts_preload: false,
  peer_port: 1025,
});

const pool = (id: string): Pool => ({
  ...object(id),
  protocol: 'HTTP',
  lb_algorithm: 'ROUND_ROBIN',
  session_persistence: null,
  tls_enabled: false,
  tls_certificate_id: null,
  ca_tls_certificate_id: null,
  crl_container_id: null,
  tls_ciphers: null,
  tls_versions: null,
  alpn_protocols: null,
});

const member = (): Member => ({
  ...object('member'),
  pool_id: 'default-pool',
  ip_address: '10.0.0.5',
  protocol_port: 80,
  weight: 1,
  backup: false,
  subnet_id: null,
  monitor_address: null,
  monitor_port: null,
  vnic_type: 'normal',
});

const monitor = (): HealthMonitor => ({
  ...object('monitor'),
  pool_id: 'default-pool',
  type: 'HTTP',
  delay: 5,
  timeout: 5,
  rise_threshold: 3,
  fall_threshold: 3,
  http_method: 'GET',
  url_path: '/',
  expected_codes: '200',
  http_version: null,
  domain_name: null,
});

const policy = (id: string, poolId: string, enabled = true): L7Policy => ({
  ...object(id),
  enabled,
  listener_id: 'listener',
  action: 'REDIRECT_TO_POOL',
  position: 1,
  redirect_pool_id: poolId,
  redirect_url: null,
  redirect_prefix: null,
  redirect_http_code: null,
});

const rule = (policyId: string): L7Rule => ({
  ...object(`rule-of-${policyId}`),
  l7policy_id: policyId,
  type: 'PATH',
  compare_type: 'STARTS_WITH',
  key: null,
  value: '/',
  invert: false,
});

/** One of each; the pools that no request can reach are there too. */
export const treeWithEverything = (): StatusSource => ({
  load_balancer: object('lb'),
  listeners: [listener()],
  pools: ['default-pool', 'redirect-pool', 'of-disabled-policy', 'of-policy-without-rules', 'unused'].map(pool),
  members: [member()],
  health_monitors: [monitor()],
  l7_policies: [
    policy('working', 'redirect-pool'),
    policy('disabled', 'of-disabled-policy', false),
    policy('without-rules', 'of-policy-without-rules'),
  ],
  l7_rules: [rule('working'), rule('disabled')],
});
