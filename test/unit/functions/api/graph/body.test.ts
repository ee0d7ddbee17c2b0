import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  newListenerFields as listenerFields,
  newPoolFields as poolFields,
} from '../../../../../functions/api/graph/body.ts';
import { createFields as policyFields } from '../../../../../functions/api/l7-policies/definition.ts';
import { createFields as loadBalancerFields } from '../../../../../functions/api/load-balancers/definition.ts';

type Fields = Readonly<Record<string, z.core.$ZodType>>;

/** The fields inside, whether there may be none or many. */
const inside = (type: z.core.$ZodType | undefined): Fields => {
  if (type instanceof z.ZodObject) return type.shape;
  if (type instanceof z.ZodArray) return inside(type.element);
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) return inside(type.unwrap());
  throw new Error('no object is inside');
};

const at = (fields: Fields, ...path: readonly string[]): string =>
  Object.keys(path.reduce((found, name) => inside(found[name]), fields))
    .sort()
    .join(' ');

const sorted = (names: string): string => names.split(' ').sort().join(' ');

// Of upstream's octavia/api/v2/types/: MemberSingleCreate and its like.
const MEMBER = sorted(
  'name admin_state_up address protocol_port weight backup subnet_id monitor_port monitor_address tags request_sriov',
);
const MONITOR = sorted(
  'name type delay timeout max_retries_down max_retries http_method url_path expected_codes admin_state_up tags ' +
    'http_version domain_name',
);
const RULE = sorted('type compare_type key value invert admin_state_up tags');
const POOL = sorted(
  'name description admin_state_up protocol lb_algorithm session_persistence healthmonitor members tags ' +
    'tls_container_ref ca_tls_container_ref crl_container_ref tls_enabled tls_ciphers tls_versions alpn_protocols',
);
const POLICY = sorted(
  'name description admin_state_up action redirect_pool redirect_url redirect_prefix position rules tags ' +
    'redirect_http_code',
);
const LISTENER = sorted(
  'name description admin_state_up protocol protocol_port connection_limit default_tls_container_ref ' +
    'sni_container_refs default_pool_id default_pool l7policies insert_headers timeout_client_data ' +
    'timeout_member_connect timeout_member_data timeout_tcp_inspect tags client_ca_tls_container_ref ' +
    'client_authentication client_crl_container_ref allowed_cidrs tls_ciphers tls_versions alpn_protocols ' +
    'hsts_max_age hsts_include_subdomains hsts_preload',
);

describe('what comes with a new object has the fields that upstream gives it', () => {
  const { shape } = loadBalancerFields;

  it.each([
    [['additional_vips'], sorted('subnet_id ip_address port_id')],
    [['listeners'], LISTENER],
    [['listeners', 'default_pool'], POOL],
    [['listeners', 'l7policies'], POLICY],
    [['listeners', 'l7policies', 'rules'], RULE],
    [['pools'], POOL],
    [['pools', 'members'], MEMBER],
    [['pools', 'healthmonitor'], MONITOR],
  ])('a load balancer: %s', (path, fields) => {
    expect(at(shape, ...path)).toBe(fields);
  });

  it('a listener, whose policies can also name a pool that is there', () => {
    expect(at(listenerFields.shape, 'default_pool', 'members')).toBe(MEMBER);
    expect(at(listenerFields.shape, 'l7policies')).toBe(sorted(`${POLICY} redirect_pool_id`));
    expect(at(listenerFields.shape, 'l7policies', 'rules')).toBe(RULE);
  });

  it('a pool and an L7 policy', () => {
    expect(at(poolFields.shape, 'members')).toBe(MEMBER);
    expect(at(poolFields.shape, 'healthmonitor')).toBe(MONITOR);
    expect(at(policyFields.shape, 'rules')).toBe(RULE);
  });
});
