/*
 * What upstream's API has, up to its version 2.30: the page docs/api.md compares this with the routes and the schemas
 * here.
 */

/** An operation below `/v2.0`, or above it for `/` and `/healthcheck`, and the status of its success. */
export type Operation = readonly [method: string, path: string, status: number];

const resource = (path: string, id = '{id}'): readonly Operation[] => [
  ['GET', path, 200],
  ['POST', path, 201],
  ['GET', `${path}/${id}`, 200],
  ['PUT', `${path}/${id}`, 200],
  ['DELETE', `${path}/${id}`, 204],
];

export const OPERATIONS: readonly Operation[] = [
  ['GET', '/', 200],
  ['HEAD', '/', 200],
  ['GET', '/lbaas', 200],
  ['GET', '/octavia', 200],
  ['GET', '/healthcheck', 200],
  ['HEAD', '/healthcheck', 204],
  ...resource('/lbaas/loadbalancers'),
  ['GET', '/lbaas/loadbalancers/{id}/status', 200],
  ['GET', '/lbaas/loadbalancers/{id}/statuses', 200],
  ['GET', '/lbaas/loadbalancers/{id}/stats', 200],
  ['PUT', '/lbaas/loadbalancers/{id}/failover', 202],
  ...resource('/lbaas/listeners'),
  ['GET', '/lbaas/listeners/{id}/stats', 200],
  ...resource('/lbaas/pools'),
  ...resource('/lbaas/pools/{pool_id}/members'),
  ['PUT', '/lbaas/pools/{pool_id}/members', 202],
  ...resource('/lbaas/healthmonitors'),
  ...resource('/lbaas/l7policies'),
  ...resource('/lbaas/l7policies/{l7policy_id}/rules'),
  ['GET', '/lbaas/quotas', 200],
  ['GET', '/lbaas/quotas/{project_id}', 200],
  ['PUT', '/lbaas/quotas/{project_id}', 202],
  ['DELETE', '/lbaas/quotas/{project_id}', 202],
  ['GET', '/lbaas/quotas/{project_id}/default', 200],
  ['GET', '/lbaas/providers', 200],
  ['GET', '/lbaas/providers/{provider}/flavor_capabilities', 200],
  ['GET', '/lbaas/providers/{provider}/availability_zone_capabilities', 200],
  ...resource('/lbaas/flavors'),
  ...resource('/lbaas/flavorprofiles'),
  ...resource('/lbaas/availabilityzones'),
  ...resource('/lbaas/availabilityzoneprofiles'),
  ['GET', '/octavia/amphorae', 200],
  ['GET', '/octavia/amphorae/{id}', 200],
  ['DELETE', '/octavia/amphorae/{id}', 204],
  ['GET', '/octavia/amphorae/{id}/stats', 200],
  ['PUT', '/octavia/amphorae/{id}/failover', 202],
  ['PUT', '/octavia/amphorae/{id}/config', 202],
];

/** Where a field may be: in POST, in PUT, in answers. */
export interface Fields {
  /** In all three. */
  readonly anywhere?: string;
  /** In POST and in answers. */
  readonly onCreate?: string;
  /** In PUT and in answers. */
  readonly onUpdate?: string;
  /** In POST only. */
  readonly created?: string;
  /** In answers only. */
  readonly shown?: string;
}

const STATE = 'id provisioning_status operating_status created_at updated_at';
const OWNER = 'project_id tenant_id';
const TLS = 'tls_ciphers tls_versions alpn_protocols';
const STATISTICS = 'bytes_in bytes_out active_connections total_connections request_errors';

/** By the path of the resource; names apart by blanks. */
export const FIELDS: Readonly<Record<string, Fields>> = {
  '/lbaas/loadbalancers': {
    anywhere: 'name description admin_state_up vip_qos_policy_id vip_sg_ids tags',
    onCreate: `vip_address vip_port_id vip_subnet_id vip_network_id additional_vips provider flavor_id availability_zone listeners pools ${OWNER}`,
    shown: `${STATE} vip_vnic_type`,
  },
  '/lbaas/listeners': {
    anywhere: `name description admin_state_up connection_limit default_pool_id default_tls_container_ref sni_container_refs client_ca_tls_container_ref client_authentication client_crl_container_ref insert_headers timeout_client_data timeout_member_connect timeout_member_data timeout_tcp_inspect allowed_cidrs ${TLS} hsts_max_age hsts_include_subdomains hsts_preload tags`,
    onCreate: `protocol protocol_port l7policies ${OWNER}`,
    created: 'loadbalancer_id default_pool',
    shown: `${STATE} loadbalancers`,
  },
  '/lbaas/pools': {
    anywhere: `name description admin_state_up lb_algorithm session_persistence tls_enabled tls_container_ref ca_tls_container_ref crl_container_ref ${TLS} tags`,
    onCreate: `protocol members ${OWNER}`,
    created: 'loadbalancer_id listener_id healthmonitor',
    shown: `${STATE} loadbalancers listeners healthmonitor_id`,
  },
  '/lbaas/pools/{pool_id}/members': {
    anywhere: 'name admin_state_up weight backup monitor_address monitor_port tags',
    onCreate: `address protocol_port subnet_id ${OWNER}`,
    created: 'request_sriov',
    shown: `${STATE} vnic_type`,
  },
  '/lbaas/healthmonitors': {
    anywhere:
      'name admin_state_up delay timeout max_retries max_retries_down http_method url_path expected_codes http_version domain_name tags',
    onCreate: `type ${OWNER}`,
    created: 'pool_id',
    shown: `${STATE} pools`,
  },
  '/lbaas/l7policies': {
    anywhere:
      'name description admin_state_up action redirect_pool_id redirect_url redirect_prefix redirect_http_code position tags',
    onCreate: `listener_id rules ${OWNER}`,
    shown: STATE,
  },
  '/lbaas/l7policies/{l7policy_id}/rules': {
    anywhere: 'type compare_type value key invert admin_state_up tags',
    onCreate: OWNER,
    shown: STATE,
  },
  '/lbaas/quotas/{project_id}': {
    onUpdate: 'loadbalancer load_balancer listener pool member healthmonitor health_monitor l7policy l7rule',
    shown: OWNER,
  },
  '/lbaas/flavors': { anywhere: 'name description enabled', onCreate: 'flavor_profile_id', shown: 'id' },
  '/lbaas/flavorprofiles': { anywhere: 'name provider_name flavor_data', shown: 'id' },
  '/lbaas/availabilityzones': { anywhere: 'description enabled', onCreate: 'name availability_zone_profile_id' },
  '/lbaas/availabilityzoneprofiles': { anywhere: 'name provider_name availability_zone_data', shown: 'id' },
  '/lbaas/providers': { shown: 'name description' },
  '/lbaas/providers/{provider}/flavor_capabilities': { shown: 'name description' },
  '/lbaas/providers/{provider}/availability_zone_capabilities': { shown: 'name description' },
  '/lbaas/loadbalancers/{id}/stats': { shown: STATISTICS },
  '/lbaas/listeners/{id}/stats': { shown: STATISTICS },
  '/octavia/amphorae': {
    shown:
      'id loadbalancer_id compute_id lb_network_ip vrrp_ip ha_ip vrrp_port_id ha_port_id cert_expiration cert_busy role status vrrp_interface vrrp_id vrrp_priority cached_zone image_id compute_flavor created_at updated_at',
  },
  '/octavia/amphorae/{id}/stats': { shown: `id listener_id loadbalancer_id ${STATISTICS}` },
};

/** What is to be known of an operation (`GET /path`) or of a field (`/path field`), though it is there. */
export const NOTES: Readonly<Record<string, string>> = {
  'GET /healthcheck': 'off by default, as upstream; see [differences](#answers)',
  'HEAD /healthcheck': 'off by default, as upstream',
  'GET /lbaas': 'also `GET /v2.0` and `GET /v2`',
  'GET /lbaas/loadbalancers/{id}/status': 'refused when it is [too large](#sizes)',
  'GET /lbaas/loadbalancers/{id}/statuses': 'refused when it is [too large](#sizes)',
  'POST /lbaas/loadbalancers': 'shows children by ids only when the tree is [too large](#sizes)',
  '/lbaas/loadbalancers vip_vnic_type': 'always `normal`: [SR-IOV](#not-supported)',
  '/lbaas/loadbalancers provider': 'only [`amphora`](#not-supported), also as `octavia`',
  '/lbaas/listeners timeout_client_data': '0 is the default, [`TIMEOUT_CLIENT_DATA`](deployment.md#settings)',
  '/lbaas/listeners timeout_member_connect': '0 is the default, [`TIMEOUT_MEMBER_CONNECT`](deployment.md#settings)',
  '/lbaas/listeners timeout_member_data': '0 is the default, [`TIMEOUT_MEMBER_DATA`](deployment.md#settings)',
  '/lbaas/listeners timeout_tcp_inspect': '0 is the default, [`TIMEOUT_TCP_INSPECT`](deployment.md#settings)',
  '/lbaas/pools/{pool_id}/members vnic_type': 'always `normal`: [SR-IOV](#not-supported)',
  '/lbaas/pools/{pool_id}/members request_sriov': 'true is refused with 400, as by every flavor that does not allow it',
  '/lbaas/flavorprofiles flavor_data': '`sriov_vip` and `allow_member_sriov` are [refused](#not-supported)',
  '/lbaas/availabilityzoneprofiles availability_zone_data': '`volume_zone` is [refused](#not-supported)',
};
