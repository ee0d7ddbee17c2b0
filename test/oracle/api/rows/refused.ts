import { MISSING_ID, PORTS, SECURITY_GROUPS, VIP_SUBNET_V6 } from '../world.ts';
import { all, asks, either, isNull, queries, type Row, refused, request, statuses } from './conditions.ts';
import {
  batch,
  flavorProfile,
  listener,
  loadBalancer,
  member,
  monitor,
  policy,
  pool,
  post,
  put,
  remove,
  rule,
  tlsListener,
} from './examples.ts';

const LARGEST_COLUMN = 2_147_483_647;
const LONGEST_COLUMN = 255;
const isTooLarge = (value: unknown): boolean =>
  typeof value === 'string' ? value.length > LONGEST_COLUMN : Number(value) > LARGEST_COLUMN;
const isNoInteger = (value: unknown): boolean =>
  typeof value === 'boolean' || (typeof value === 'number' && !Number.isInteger(value));
const isDownwards = (codes: unknown): boolean => {
  const [, from = '', to = ''] = /^(\d{3})-(\d{3})$/.exec(String(codes)) ?? [];
  return to < from;
};
const hasIPv6 = (value: unknown): boolean => String(value).includes(':');
const VERSIONS = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const hasUnknownVersion = (value: unknown): boolean =>
  Array.isArray(value) && value.some((one) => !VERSIONS.includes(String(one)));
const hasBlockOfOddSpelling = (value: unknown): boolean =>
  Array.isArray(value) && value.some((one) => typeof one === 'number' || String(one).includes('%'));

/** Values that are refused here and not by upstream. */
export const REFUSED: readonly Row[] = [
  {
    id: 'member-family',
    covers: all(refused(501, /mixing IPv4 and IPv6 addresses for its VIP and members/), asks(/^address$/)),
    example: [loadBalancer(), pool({ protocol: 'UDP' }), member({ address: '2001:db8:2::5' })],
  },
  {
    id: 'number-addresses',
    covers: all(
      refused(400, /attribute (monitor_)?address\. Value: '[^']*'\. Value should be IPv4 or IPv6 format/),
      asks(/^(monitor_)?address$/, (value) => typeof value === 'number' || typeof value === 'boolean'),
    ),
    example: [loadBalancer(), pool(), member({ monitor_address: 5 })],
  },
  {
    id: 'monitor-address-reserved',
    covers: all(refused(400, /is not a valid option for member monitor_address/), asks(/^monitor_address$/)),
    example: [loadBalancer(), pool(), member({ monitor_address: '169.254.169.254' })],
  },
  {
    id: 'monitor-method',
    covers: all(
      refused(400, /so only the http_method GET is supported/),
      asks(/^http_method$/, (value) => value !== 'GET'),
    ),
    example: [loadBalancer(), pool({ protocol: 'UDP' }), monitor({ http_method: 'HEAD' })],
  },
  {
    id: 'monitor-codes',
    covers: all(refused(400, /attribute expected_codes\. Value: '\d{3}-\d{3}'/), asks(/^expected_codes$/, isDownwards)),
    example: [loadBalancer(), pool(), monitor({ expected_codes: '300-200' })],
  },
  {
    id: 'integer-fields',
    covers: all(refused(400, /Value should be integer/), asks(/./, isNoInteger)),
    example: [loadBalancer(), pool(), monitor({ delay: 7.9 })],
  },
  {
    id: 'member-spellings',
    covers: all(refused(409, /Another member on this pool is already using ip [^ ]*:/), asks(/^address$/, hasIPv6)),
    example: [loadBalancer(), pool(), member({ address: '2001:DB8::1' }), member({ address: '2001:db8::1' })],
  },
  {
    id: 'column-sizes',
    covers: all(
      refused(
        400,
        /Value should be lower or equal to 2147483647|Value should have a maximum character requirement of 255/,
      ),
      asks(/./, isTooLarge),
    ),
    example: [loadBalancer(), listener({ connection_limit: LARGEST_COLUMN + 1 })],
  },
  {
    id: 'datagram-pool-tls',
    covers: all(
      refused(400, /\\"tls_enabled\\" is not supported for (UDP|SCTP) protocol pools/),
      asks(/^tls_enabled$/, (value) => value === true),
    ),
    example: [loadBalancer(), pool({ protocol: 'SCTP', tls_enabled: true })],
  },
  {
    id: 'batch-subnet',
    covers: all(
      refused(400, /Subnet [^ ]+ not found/),
      request('PUT', /\/pools\/[^/]+\/members$/),
      asks(/^subnet_id$/, (value) => value === MISSING_ID),
    ),
    example: [
      loadBalancer(),
      pool(),
      member(),
      batch([{ address: '10.2.0.1', protocol_port: 80, subnet_id: MISSING_ID }]),
    ],
  },
  {
    id: 'tls-version-names',
    covers: all(refused(400, /attribute tls_versions\. Value: /), asks(/^tls_versions$/, hasUnknownVersion)),
    example: [loadBalancer(), pool({ tls_versions: ['TLSv1.2', 'x'] })],
  },
  {
    id: 'block-spellings',
    covers: all(refused(400, /allowed_cidrs/), asks(/^allowed_cidrs$/, hasBlockOfOddSpelling)),
    example: [loadBalancer({ vip_subnet_id: VIP_SUBNET_V6.id }), listener({ allowed_cidrs: ['fe80::1%eth0'] })],
  },
  {
    id: 'header-null',
    covers: all(refused(400, /attribute X-[\w-]+\. Value: 'None'/), asks(/^X-/, isNull)),
    example: [loadBalancer(), listener({ insert_headers: { 'X-Forwarded-For': null } })],
  },
  {
    id: 'granularity',
    covers: all(refused(400, /persistence_granularity/), asks(/^persistence_granularity$/)),
    example: [
      loadBalancer(),
      pool({
        protocol: 'UDP',
        session_persistence: { type: 'SOURCE_IP', persistence_granularity: '10.0.0.1' },
      }),
    ],
  },
  {
    id: 'rule-key-comma',
    covers: all(
      refused(400, /key/),
      asks(/^key$/, (value) => String(value).includes(',')),
    ),
    example: [loadBalancer(), listener(), policy(), rule({ type: 'HEADER', key: 'a,b', value: 'x' })],
  },
  {
    id: 'verify-result',
    covers: all(
      refused(400, /value is not a verification result/),
      asks(/^value$/, (value) => /^\d{10,}$/.test(String(value)) || !/^[\0-\x7f]*$/.test(String(value))),
    ),
    example: [loadBalancer(), tlsListener(), policy(), rule({ type: 'SSL_VERIFY_RESULT', value: '12345678901' })],
  },
  {
    id: 'flavor-and-zone-names',
    covers: all(
      refused(400, /name/),
      request('(POST|PUT)', /\/(flavor|availabilityzone)(profile)?s(\/|$)/),
      asks(/^name$/, (value) => value === null || value === ''),
    ),
    example: [flavorProfile(), post('/flavors', { flavor: { name: '', flavor_profile_id: '«1»' } }, { as: 'admin' })],
  },
  {
    id: 'profile-provider',
    covers: all(request('PUT', /profiles\//), asks(/^provider_name$/), statuses(undefined, 200)),
    example: [
      flavorProfile(),
      put('/flavorprofiles/«1»', { flavorprofile: { provider_name: 'noop' } }, { as: 'admin' }),
    ],
  },
  {
    id: 'repeated-argument',
    covers: all(refused(400, /cascade|additive_only/), queries(/^(cascade|additive_only)$/)),
    example: [
      loadBalancer(),
      remove('/loadbalancers/«1»', {
        query: [
          ['cascade', 'true'],
          ['cascade', 'true'],
        ],
      }),
    ],
  },
  {
    id: 'put-as-a-whole',
    covers: all(
      refused(400, /certificate|CRL|CA reference|revocation|HSTS|hsts/),
      request('PUT', /\/(listeners|pools)\/[^/]+$/),
      asks(/_ref$|^sni_container_refs$|^hsts_|^client_authentication$|^tls_enabled$/),
    ),
    example: [loadBalancer(), tlsListener(), put('/listeners/«2»', { listener: { default_tls_container_ref: null } })],
  },
  {
    id: 'groups-beside-cidrs',
    covers: all(
      refused(400, /Allowed CIDRs are not allowed when using custom VIP Security Groups/),
      request('PUT', /\/loadbalancers\/[^/]+$/),
      asks(/^vip_sg_ids$/),
    ),
    example: [
      loadBalancer(),
      listener({ allowed_cidrs: ['10.0.0.0/8'] }),
      put('/loadbalancers/«1»', { loadbalancer: { vip_sg_ids: [SECURITY_GROUPS[0]] } }),
    ],
  },
  {
    id: 'port-addresses',
    covers: all(
      refused(400, /No VIP address found on the VIP port within the specified subnet/),
      asks(/^vip_port_id$/),
      asks(/^additional_vips$/),
    ),
    example: [loadBalancer({ vip_port_id: PORTS[0]?.id, additional_vips: [{ subnet_id: VIP_SUBNET_V6.id }] })],
  },
  {
    id: 'port-of-another',
    covers: all(refused(400, /is already used by device lb-/), statuses(400, 201), asks(/^vip_port_id$/)),
    example: [loadBalancer({ vip_port_id: PORTS[0]?.id }), loadBalancer({ vip_port_id: PORTS[0]?.id })],
  },
  {
    id: 'null-group',
    covers: all(
      refused(400, /attribute vip_sg_ids\. Value: /),
      asks(/^vip_sg_ids$/, (value) => Array.isArray(value) && value.some(isNull)),
    ),
    example: [loadBalancer({ vip_sg_ids: [null] })],
  },
  {
    id: 'error-parent',
    covers: all(
      refused(409, /(Listener|Pool|L7Policy) [^ ]+ is immutable and cannot be updated/),
      either(statuses(409, 201), statuses(409, 202)),
    ),
    example: [
      loadBalancer(),
      listener(),
      put('/listeners/«2»', { listener: { name: 'x' } }, { after: 'fail' }),
      policy(),
    ],
  },
  {
    id: 'unservable-first',
    covers: all(
      refused(501, /L7 policies on \w+ listeners/),
      request('POST', /\/(l7policies|listeners)$/),
      asks(/^(action|l7policies)$/),
    ),
    example: [
      loadBalancer(),
      listener({ protocol: 'TCP' }),
      policy({ action: 'REDIRECT_TO_POOL', redirect_pool_id: MISSING_ID }),
    ],
  },
  {
    id: 'tree-as-alone',
    covers: all(
      request('POST', /\/loadbalancers$/),
      either(
        all(refused(400, /[Ss]ession persistence|cookie_name|persistence_timeout/), asks(/^session_persistence$/)),
        all(refused(400, /protocol/), asks(/^redirect_pool$/)),
        all(refused(400, /Subnet [^ ]+ not found/), statuses(400, 201), asks(/^members$/)),
        all(
          refused(400, /hsts_max_age/),
          asks(/^hsts_max_age$/, (value) => Number(value) < 0),
        ),
        all(refused(501, /L7 policies on \w+ listeners/), asks(/^l7policies$/)),
        all(
          refused(501, /lb_algorithm/),
          asks(/^lb_algorithm$/, (value) => value === 'SOURCE_IP_PORT'),
        ),
      ),
    ),
    example: [
      loadBalancer({
        listeners: [{ protocol: 'TCP', protocol_port: 80, name: 'l', l7policies: [{ action: 'REJECT' }] }],
      }),
    ],
  },
  {
    id: 'tree-l7-quota',
    covers: all(
      refused(403, /Quota has been met for resources: L7/),
      request('POST', /\/loadbalancers$/),
      asks(/^l7policies$/),
    ),
    example: [
      put(`/quotas/${'a'.repeat(32)}`, { quota: { l7policy: 0 } }, { as: 'admin' }),
      loadBalancer({
        listeners: [{ protocol: 'HTTP', protocol_port: 80, name: 'l', l7policies: [{ action: 'REJECT' }] }],
      }),
    ],
  },
];
