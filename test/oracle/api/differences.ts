import type { Difference } from './compare.ts';
import type { Played } from './play.ts';

/** A deliberate difference: a row of docs/differences.md. */
export interface Row {
  /** The row's id there. */
  readonly id: string;
  /** True for exactly what the row is about. */
  readonly covers: (difference: Difference, played: Played) => boolean;
}

type Condition = Row['covers'];

const textOf = (body: unknown): string => (typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));

/** The statuses that ours and upstream answer with, what ours says, and what is asked. */
const answered =
  (
    [ours, upstream]: readonly [number, number],
    {
      says = /^/,
      method = /^/,
      path = /^/,
    }: { readonly says?: RegExp; readonly method?: RegExp; readonly path?: RegExp } = {},
  ): Condition =>
  ({ at }, played) =>
    at === 'status' &&
    played.ours.status === ours &&
    played.upstream.status === upstream &&
    says.test(textOf(played.ours.body)) &&
    method.test(played.step.method) &&
    path.test(played.step.path);

const either =
  (...conditions: readonly Condition[]): Condition =>
  (difference, played) =>
    conditions.some((one) => one(difference, played));

const field =
  (path: RegExp, at: RegExp): Condition =>
  (difference, { step }) =>
    path.test(step.path) && at.test(difference.at);

const listOf = (body: unknown, name: string): readonly unknown[] => {
  const list = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return Array.isArray(list) ? list : [];
};

/** A quota without a limit of its own. */
const isAtDefault = (quota: unknown): boolean =>
  typeof quota === 'object' &&
  quota !== null &&
  Object.entries(quota).every(([name, value]) => value === null || name === 'project_id' || name === 'tenant_id');

const MEMBERS = /\/pools\/[^/]+\/members$/;

/** True where the request is refused here, with that text, and accepted by upstream. */
const refusedHere =
  (status: number, text: RegExp): Row['covers'] =>
  ({ at }, { ours, upstream }) =>
    at === 'status' && ours.status === status && upstream.status < 300 && text.test(JSON.stringify(ours.body));

/** Reviewed: each is as narrow as its reason. */
export const ROWS: readonly Row[] = [
  {
    id: 'upstream-crash',
    covers: ({ at }, { ours, upstream }) => at === 'status' && upstream.status === 500 && ours.status !== 500,
  },
  {
    id: 'member-family',
    covers: either(
      refusedHere(501, /mixing IPv4 and IPv6 addresses for its VIP and members/),
      answered([501, 409], { says: /mixing IPv4 and IPv6/ }),
    ),
  },
  { id: 'monitor-address-reserved', covers: refusedHere(400, /is not a valid option for member monitor_address/) },
  { id: 'monitor-method', covers: refusedHere(400, /so only the http_method GET is supported/) },
  { id: 'monitor-codes', covers: refusedHere(400, /expected_codes. Value: '\d{3}-\d{3}'/) },
  { id: 'integer-fields', covers: refusedHere(400, /Value should be integer/) },
  { id: 'member-spellings', covers: refusedHere(409, /Another member on this pool is already using ip [^ ]*:/) },
  { id: 'column-sizes', covers: either(answered([400, 200], { says: /longer|maximum|lower than/ })) },
  {
    id: 'batch-unchanged',
    covers: either(
      answered([202, 409], { method: /PUT/, path: MEMBERS }),
      field(MEMBERS, /\.members\.\*\.provisioning_status$/),
    ),
  },
  {
    id: 'datagram-pool-tls',
    covers: either(
      answered([400, 201], { says: /is not supported for (UDP|SCTP) protocol pools/ }),
      answered([400, 200], { says: /is not supported for (UDP|SCTP) protocol pools/ }),
    ),
  },
  {
    id: 'quota-list',
    covers: ({ at }, { step, ours, upstream }) =>
      at === '.quotas.length' &&
      step.path.endsWith('/quotas') &&
      listOf(upstream.body, 'quotas').filter((quota) => !isAtDefault(quota)).length ===
        listOf(ours.body, 'quotas').length,
  },
  { id: 'quota-reset', covers: answered([202, 404], { method: /DELETE/, path: /\/quotas\/[^/]+$/ }) },
  {
    id: 'quota-defaults',
    covers: either(
      answered([200, 403], { method: /GET/, path: /\/quotas\/defaults$/ }),
      field(/\/quotas\/defaults$/, /^\.quota\.(project|tenant)_id$/),
    ),
  },
  {
    id: 'capabilities',
    covers: ({ at }, { step, ours, upstream }) =>
      /^\.(flavor|availability_zone)_capabilities\.length$/.test(at) &&
      /_capabilities$/.test(step.path) &&
      listOf(upstream.body, at.split('.')[1] ?? '').filter((one) => !/sriov|volume_zone/.test(textOf(one))).length ===
        listOf(ours.body, at.split('.')[1] ?? '').length,
  },
  {
    id: 'unlimited-page',
    covers: ({ at }, { step }) =>
      /^\.\w+_links\.length$/.test(at) && step.query.some(([name, value]) => name === 'limit' && Number(value) < 1),
  },
  {
    id: 'links-keep-query',
    covers: ({ at, ours, upstream }) =>
      /^\.\w+_links\.\*\.href$/.test(at) &&
      String(ours).split(/[?&]/).length > String(upstream).split(/[?&]/).length &&
      String(upstream)
        .split(/[?&]/)
        .every((part) => String(ours).includes(part)),
  },
  {
    id: 'tenant-id',
    covers: ({ at, upstream }, { step, upstream: answer }) =>
      (at.endsWith('.tenant_id') && upstream === undefined && step.query.some(([name]) => name === 'fields')) ||
      (at === 'status' && answer.status === 400 && step.query.some(([name]) => name === 'tenant_id')),
  },
  { id: 'amphora-role-first', covers: answered([403, 404], { path: /\/amphorae\/[^/]+$/ }) },
  {
    id: 'foreign-marker',
    covers: (difference, played) =>
      played.step.query.some(([name]) => name === 'marker') &&
      answered([400, 200], { says: /pagination marker/ })(difference, played),
  },
  {
    id: 'reverse-without-marker',
    covers: (_difference, { step }) =>
      step.query.some(([name]) => name === 'page_reverse') && !step.query.some(([name]) => name === 'marker'),
  },
  {
    id: 'system-scope',
    covers: (difference, played) =>
      played.step.as === 'auditor' && answered([200, 403], { method: /GET/ })(difference, played),
  },
  {
    id: 'put-as-a-whole',
    covers: answered([400, 200], {
      says: /certificate|CRL|CA reference|HSTS|hsts/,
      method: /PUT/,
      path: /\/(listeners|pools)\//,
    }),
  },
  {
    id: 'pool-tls-on',
    covers: ({ at, upstream }, { step }) =>
      /\.(tls_ciphers|tls_versions|alpn_protocols)$/.test(at) && upstream === null && /\/pools(\/|$)/.test(step.path),
  },
  {
    id: 'list-order',
    covers: either(
      field(/\/listeners/, /\.(allowed_cidrs|sni_container_refs)\.\*$/),
      answered([201, 409], { path: /\/(listeners|loadbalancers)$/ }),
    ),
  },
  {
    id: 'policy-code',
    covers: field(/\/(l7policies|listeners|loadbalancers)/, /\.redirect_http_code$/),
  },
  {
    id: 'policy-update',
    covers: answered([200, 400], { method: /PUT/, path: /\/l7policies\// }),
  },
  {
    id: 'tree-as-alone',
    covers: either(
      answered([400, 201], { method: /POST/, path: /\/loadbalancers$/, says: /persistence|protocol|HSTS|hsts/ }),
      answered([501, 201], { method: /POST/, path: /\/loadbalancers$/, says: /L7 policies on|lb_algorithm/ }),
    ),
  },
  {
    id: 'tree-l7-quota',
    covers: answered([403, 201], { says: /Quota has been met for resources: L7/, path: /\/loadbalancers$/ }),
  },
  { id: 'tls-version-names', covers: answered([400, 201], { says: /TLS/ }) },
  {
    id: 'policy-pool',
    covers: either(
      answered([201, 400], { path: /\/listeners$/ }),
      ({ at, upstream }, { step }) =>
        at === 'fault' &&
        step.path.endsWith('/listeners') &&
        /Unknown attribute .*l7policies: redirect_pool_id/.test(String(upstream)),
    ),
  },
  {
    id: 'unservable-first',
    covers: either(
      answered([501, 400], { method: /POST/, says: /L7 policies on/ }),
      answered([501, 409], { method: /POST/, says: /L7 policies on/ }),
    ),
  },
  {
    id: 'page-reverse-words',
    covers: (_difference, { step }) =>
      step.query.some(([name, value]) => name === 'page_reverse' && value !== 'True' && value.toLowerCase() === 'true'),
  },
  {
    id: 'create-again',
    covers: ({ at, ours, upstream }, { step }) =>
      step.method === 'PUT' &&
      at.endsWith('.provisioning_status') &&
      ours === 'PENDING_CREATE' &&
      upstream === 'PENDING_UPDATE',
  },
  {
    id: 'wrong-and-busy',
    covers: (difference, played) =>
      answered([400, 409])(difference, played) &&
      / is immutable and cannot be updated/.test(textOf(played.upstream.body)),
  },
  {
    id: 'body-first',
    covers: answered([400, 404], { says: /Value should be an object/ }),
  },
  {
    id: 'empty-reference',
    covers: ({ at, ours, upstream }) => /_(container_)?ref$/.test(at) && ours === null && upstream === '',
  },
  {
    id: 'policy-updated-at',
    covers: field(/\/loadbalancers$/, /^\.loadbalancer\.listeners\.\*\.l7policies\.\*\.updated_at$/),
  },
  {
    id: 'empty-text-filter',
    covers: ({ at }, { step }) => /\.length$/.test(at) && step.query.some(([, value]) => value === ''),
  },
  {
    id: 'column-filters',
    covers: answered([400, 200], {
      says: /invalid: (vip_sg_ids|insert_headers|listeners|pools|members|l7policies)"/,
      method: /GET/,
    }),
  },
  {
    id: 'tree-member-status',
    covers: field(/\/loadbalancers$/, /^\.loadbalancer\.pools\.\*\.members\.\*\.operating_status$/),
  },
  {
    id: 'path-405',
    covers: either(answered([405, 400], { method: /POST/ }), answered([405, 404], { method: /PATCH/ })),
  },
];

/** The row that explains a difference; null for a fault. */
export const rowOf = (difference: Difference, played: Played): Row | null =>
  ROWS.find(({ covers }) => covers(difference, played)) ?? null;
