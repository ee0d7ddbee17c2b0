import { type Draft, ROOT } from '../generate/steps.ts';
import { CERTIFICATE_REFS, VIP_SUBNET } from '../world.ts';

type Fields = Readonly<Record<string, unknown>>;
type More = Partial<Draft>;

/** Requests of examples. «1» is the first one's object, which is a load balancer. */

export const get = (path: string, query: Draft['query'] = [], more: More = {}): Draft => ({
  method: 'GET',
  path: `${ROOT}${path}`,
  query,
  ...more,
});
export const post = (path: string, body?: unknown, more: More = {}): Draft => ({
  method: 'POST',
  path: `${ROOT}${path}`,
  body,
  ...more,
});
export const put = (path: string, body?: unknown, more: More = {}): Draft => ({
  ...post(path, body, more),
  method: 'PUT',
});
export const remove = (path: string, more: More = {}): Draft => ({ method: 'DELETE', path: `${ROOT}${path}`, ...more });

export const loadBalancer = (fields: Fields = {}, more: More = {}): Draft =>
  post('/loadbalancers', { loadbalancer: { vip_subnet_id: VIP_SUBNET.id, ...fields } }, more);
export const listener = (fields: Fields = {}, more: More = {}): Draft =>
  post('/listeners', { listener: { loadbalancer_id: '«1»', protocol: 'HTTP', protocol_port: 80, ...fields } }, more);
export const tlsListener = (fields: Fields = {}): Draft =>
  listener({ protocol: 'TERMINATED_HTTPS', default_tls_container_ref: CERTIFICATE_REFS[0], ...fields });
export const pool = (fields: Fields = {}, more: More = {}): Draft =>
  post('/pools', { pool: { loadbalancer_id: '«1»', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', ...fields } }, more);
/** Of the pool that the second request has made. */
export const member = (fields: Fields = {}): Draft =>
  post('/pools/«2»/members', { member: { address: '10.2.0.1', protocol_port: 80, ...fields } });
export const batch = (members: readonly Fields[], query: Draft['query'] = []): Draft =>
  put('/pools/«2»/members', { members }, { query });
/** Of the pool that the second request has made. */
export const monitor = (fields: Fields = {}): Draft =>
  post('/healthmonitors', {
    healthmonitor: { pool_id: '«2»', type: 'HTTP', delay: 5, timeout: 1, max_retries: 3, ...fields },
  });
/** Of the listener that the second request has made. */
export const policy = (fields: Fields = {}): Draft =>
  post('/l7policies', { l7policy: { listener_id: '«2»', action: 'REJECT', ...fields } });
/** Of the policy that the third request has made. */
export const rule = (fields: Fields): Draft =>
  post('/l7policies/«3»/rules', { rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/x', ...fields } });

export const flavorProfile = (fields: Fields = {}): Draft =>
  post(
    '/flavorprofiles',
    {
      flavorprofile: {
        name: 'p',
        provider_name: 'amphora',
        flavor_data: '{"loadbalancer_topology": "SINGLE"}',
        ...fields,
      },
    },
    { as: 'admin' },
  );
