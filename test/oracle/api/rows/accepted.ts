import { CERTIFICATE_REFS } from '../world.ts';
import {
  all,
  asks,
  either,
  field,
  isNull,
  not,
  type Row,
  request,
  says,
  statuses,
  upstreamSays,
} from './conditions.ts';
import {
  batch,
  get,
  listener,
  loadBalancer,
  member,
  monitor,
  policy,
  pool,
  post,
  put,
  tlsListener,
} from './examples.ts';

const TARGETS: Readonly<Record<string, string>> = {
  REDIRECT_TO_POOL: 'redirect_pool_id',
  REDIRECT_TO_URL: 'redirect_url',
  REDIRECT_PREFIX: 'redirect_prefix',
};
const policyOf = (body: unknown): object => {
  const inside = typeof body === 'object' && body !== null ? Reflect.get(body, 'l7policy') : null;
  return typeof inside === 'object' && inside !== null ? inside : {};
};
/** A block may be given in several spellings: 10.0.0.1/8 is 10.0.0.0/8. */
const isRepeating = (value: unknown): boolean =>
  Array.isArray(value) && new Set(value.map((one) => String(one).split(/[./]/)[0])).size < value.length;

/** Requests that are accepted here, and refused, or understood in another way, by upstream. */
export const ACCEPTED: readonly Row[] = [
  {
    id: 'nested-post',
    covers: all(
      statuses(undefined, 500),
      request('POST', /\/(listeners|pools|l7policies)$/),
      asks(/^(default_pool|redirect_pool|l7policies|members|healthmonitor|rules)$/),
    ),
    example: [loadBalancer(), pool({ members: [{ address: '10.2.0.1', protocol_port: 80 }] })],
  },
  {
    id: 'policy-pool',
    covers: all(
      request('POST', /\/listeners$/),
      upstreamSays(/Unknown attribute [^:]*l7policies: redirect_pool_id/),
      asks(/^redirect_pool_id$/),
    ),
    example: [
      loadBalancer(),
      pool(),
      listener({ l7policies: [{ action: 'REDIRECT_TO_POOL', redirect_pool_id: '«2»' }] }),
    ],
  },
  {
    id: 'member-null',
    covers: all(
      request('(POST|PUT)', /\/members$/),
      asks(/^(weight|backup)$/, isNull),
      either(
        statuses(201, 500),
        statuses(202, 500),
        field(/\.(weight|backup)$/, (_ours, upstream) => upstream === null),
      ),
    ),
    example: [loadBalancer(), pool(), member({ weight: null })],
  },
  {
    id: 'monitor-null',
    covers: all(statuses(201, 500), request('POST', /\/healthmonitors$/), asks(/^max_retries_down$/, isNull)),
    example: [loadBalancer(), pool(), monitor({ max_retries_down: null })],
  },
  {
    id: 'listener-null',
    covers: either(
      all(
        field(/\.(connection_limit|hsts_include_subdomains|hsts_preload)$/, (_ours, upstream) => upstream === null),
        asks(/^(connection_limit|hsts_include_subdomains|hsts_preload)$/, isNull),
      ),
      all(upstreamSays(/client_authentication/), asks(/^client_authentication$/, isNull)),
    ),
    example: [loadBalancer(), listener({ connection_limit: null })],
  },
  {
    id: 'list-order',
    covers: all(
      either(
        statuses(undefined, 409),
        all(statuses(undefined, 500), upstreamSays(/UNIQUE constraint failed: (listener_cidr|sni)/)),
      ),
      asks(/^(allowed_cidrs|sni_container_refs)$/, isRepeating),
    ),
    example: [loadBalancer(), tlsListener({ sni_container_refs: [CERTIFICATE_REFS[1], CERTIFICATE_REFS[1]] })],
  },
  {
    id: 'pool-tls-on',
    covers: all(
      request('PUT', /\/pools\/[^/]+$/),
      field(/^\.pool\.(tls_ciphers|tls_versions|alpn_protocols)/, (_ours, upstream) => upstream === null),
      asks(/^tls_enabled$/),
    ),
    example: [loadBalancer(), pool(), put('/pools/«2»', { pool: { tls_enabled: true } })],
  },
  {
    id: 'policy-action',
    covers: (difference, { step: { method, path, body } }) => {
      const fields = policyOf(body);
      const named = Object.values(TARGETS).filter((one) => one in fields);
      const own = TARGETS[String(Reflect.get(fields, 'action'))];
      return (
        method === 'POST' &&
        path.endsWith('/l7policies') &&
        named.some((one) => one !== own) &&
        (difference.at === 'status' || /^\.l7policy\.(action|redirect_)/.test(difference.at))
      );
    },
    example: [loadBalancer(), listener(), policy({ action: 'REJECT', redirect_prefix: 'http://a.example' })],
  },
  {
    id: 'policy-update',
    covers: (difference, { step: { method, path, body }, ours, upstream }) => {
      const fields = policyOf(body);
      if (method !== 'PUT' || !path.includes('/l7policies/')) return false;
      const target = TARGETS[String(Reflect.get(fields, 'action'))];
      const lacksTarget = target !== undefined && !(target in fields);
      const targets = Object.values(TARGETS).filter((one) => one in fields);
      const emptiesTarget = targets.some((one) => Reflect.get(fields, one) === null);
      if (difference.at === 'status') {
        return (ours.status === 200 && lacksTarget) || (upstream.status === 200 && emptiesTarget);
      }
      if (difference.at === '.l7policy.redirect_http_code')
        return targets.length > 0 && !('redirect_http_code' in fields);
      return /^\.l7policy\.(action|redirect_)/.test(difference.at) && (lacksTarget || emptiesTarget);
    },
    example: [
      loadBalancer(),
      listener(),
      policy({ action: 'REDIRECT_TO_URL', redirect_url: 'http://a.example' }),
      put('/l7policies/«3»', { l7policy: { action: 'REDIRECT_TO_URL' } }),
    ],
  },
  {
    id: 'policy-code',
    covers: all(
      field(/\.redirect_http_code$/, (ours, upstream) => ours === null || (ours === 302 && upstream === null)),
      asks(/^redirect_http_code$/),
    ),
    example: [loadBalancer(), listener(), policy({ redirect_http_code: 301 })],
  },
  {
    id: 'error-pool',
    covers: all(
      request('(PUT|DELETE)', /\/pools\/[^/]+\/members(\/[^/]+)?$|\/healthmonitors\/[^/]+$/),
      either(statuses(200, 409), statuses(202, 409), statuses(204, 409)),
      upstreamSays(/Pool [^ ]+ is immutable and cannot be updated/),
    ),
    example: [
      loadBalancer(),
      pool(),
      member(),
      put('/pools/«2»', { pool: { name: 'x' } }, { after: 'fail' }),
      put('/pools/«2»/members/«3»', { member: { name: 'x' } }),
    ],
  },
  {
    id: 'create-again',
    passing: true,
    covers: all(
      request('PUT', /./),
      field(/\.provisioning_status$/, (ours, upstream) => ours === 'PENDING_CREATE' && upstream === 'PENDING_UPDATE'),
    ),
    example: [loadBalancer(), listener({}, { after: 'fail' }), put('/listeners/«2»', { listener: { name: 'x' } })],
  },
  {
    id: 'empty-reference',
    covers: all(
      field(/_(container_)?ref$/, (ours, upstream) => ours === null && upstream === ''),
      asks(/_ref$/, (value) => value === ''),
    ),
    example: [loadBalancer(), pool({ tls_container_ref: '' })],
  },
  {
    id: 'policy-updated-at',
    passing: true,
    covers: all(
      request('POST', /\/loadbalancers$/),
      field(/^\.loadbalancer\.listeners\.\*\.l7policies\.\*\.updated_at$/, (ours) => ours === null),
    ),
    example: [
      loadBalancer({
        listeners: [
          {
            protocol: 'HTTP',
            protocol_port: 80,
            name: 'l',
            l7policies: [
              { action: 'REJECT', name: 'p', position: 2 },
              { action: 'REJECT', name: 'q', position: 1 },
            ],
          },
        ],
      }),
    ],
  },
  {
    id: 'tree-member-status',
    passing: true,
    covers: either(
      all(
        request('POST', /\/loadbalancers$/),
        field(/^\.loadbalancer\.pools\.\*\.members\.\*\.operating_status$/, (ours) => ours === 'OFFLINE'),
        asks(/^healthmonitor$/),
      ),
      all(
        request('GET', /\/members(\/|$)/),
        field(
          /\.members?\.(\*\.)?operating_status$/,
          (ours, upstream) => ours === 'OFFLINE' && upstream === 'NO_MONITOR',
        ),
        says(/PENDING_CREATE/),
      ),
    ),
    example: [
      loadBalancer({
        pools: [
          {
            name: 'p',
            protocol: 'HTTP',
            lb_algorithm: 'ROUND_ROBIN',
            members: [{ address: '10.2.0.1', protocol_port: 80 }],
            healthmonitor: { type: 'TCP', delay: 5, timeout: 1, max_retries: 3 },
          },
        ],
      }),
    ],
  },
  {
    id: 'batch-unchanged',
    passing: true,
    covers: all(
      request('PUT', /\/pools\/[^/]+\/members$/),
      either(statuses(202, 409), field(/^\.members\.\*\.provisioning_status$/)),
    ),
    example: [
      loadBalancer(),
      pool(),
      member(),
      put('/loadbalancers/«1»', { loadbalancer: { name: 'x' } }, { after: 'hold' }),
      batch([{ address: '10.2.0.1', protocol_port: 80 }]),
    ],
  },
  {
    id: 'upstream-crash',
    covers: all(
      statuses(undefined, 500),
      either(
        (_difference, { ours }) => ours.status >= 400 && ours.status < 500,
        (_difference, { step: { method, query } }) =>
          method === 'GET' && new Set(query.map(([name]) => name)).size < query.length,
        asks(/^(additional_vips|listeners|pools)$/, isNull),
        all(upstreamSays(/NOT NULL constraint failed: pool\.tls_enabled/), asks(/^tls_enabled$/, isNull)),
        all(
          upstreamSays(/"'(tls_ciphers|tls_versions|alpn_protocols)'"/),
          asks(/^tls_enabled$/, (value) => value === true),
        ),
      ),
    ),
    example: [post('/loadbalancers', {})],
  },
  {
    id: 'body-first',
    covers: either(
      all(statuses(400, 404), says(/Value should be an object|not in valid JSON format/), not(request('GET', /./))),
      all(
        either(statuses(400, 403), statuses(400, 404), statuses(400, 409)),
        says(/Value: 'None'\. Value should/),
        asks(/./, isNull),
      ),
    ),
    example: [post('/pools/«9»/members', { member: 'x' })],
  },
  {
    id: 'wrong-and-busy',
    covers: either(
      all(
        request('POST', /\/(listeners|pools)$/),
        statuses(400, 409),
        upstreamSays(
          / is immutable and cannot be updated|Another Listener on this Load Balancer is already using|already has a default pool/,
        ),
        says(/Validation failure: |Could not retrieve certificate: /),
      ),
      all(
        request('PUT', /\/pools\/[^/]+\/members$/),
        upstreamSays(/ is immutable and cannot be updated/),
        says(/Validation failure: |Subnet [^ ]+ not found|Another member on this pool is already using/),
      ),
    ),
    example: [
      loadBalancer(),
      put('/loadbalancers/«1»', { loadbalancer: { name: 'x' } }, { after: 'hold' }),
      listener({ allowed_cidrs: ['2001:db8::/32'] }),
    ],
  },
  {
    id: 'added-filters',
    covers: all(statuses(200, 400), request('GET', /\/(healthmonitors|l7policies)$/), (_difference, { step }) =>
      step.query.some(([name]) => name === 'loadbalancer_id'),
    ),
    example: [loadBalancer(), get('/healthmonitors', [['loadbalancer_id', '«1»']])],
  },
];
