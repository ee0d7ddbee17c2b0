import { MISSING_ID } from '../world.ts';
import {
  all,
  either,
  field,
  listOf,
  queries,
  type Row,
  refused,
  request,
  says,
  statuses,
  textOf,
} from './conditions.ts';
import { get, loadBalancer, pool, post, remove } from './examples.ts';

/** A quota with the default limits alone: a quota that was deleted has them as its own with upstream. */
const isAtDefault = (quota: unknown): boolean =>
  typeof quota === 'object' &&
  quota !== null &&
  Object.entries(quota).every(
    ([name, value]) => value === null || value === -1 || name === 'project_id' || name === 'tenant_id',
  );

const COLUMNS =
  'enabled|ip_address|load_balancer_id|topology|server_group_id|in_use_\\w+|insert_headers|vip_sg_ids|listeners|pools|members|healthmonitor|l7policies';
const PROJECT = 'a'.repeat(32);

/** A list without what has no name, or an empty one. */
const namedOnly = (body: unknown): string => {
  const [list] = Object.values(typeof body === 'object' && body !== null ? body : {});
  const named = (Array.isArray(list) ? list : []).filter((one) => one?.name);
  return JSON.stringify(named.map(({ id }) => id));
};

/** Both answer with a list; what is in it, or its links, differs. */
const lists = field(/^\.\w+(_links)?\.(length|\*)/);

/** Lists, quotas, and who may ask for what. */
export const LISTS: readonly Row[] = [
  {
    id: 'quota-list',
    covers: ({ at }, { step, ours, upstream }) =>
      at === '.quotas.length' &&
      step.path.endsWith('/quotas') &&
      listOf(upstream.body, 'quotas').filter((quota) => !isAtDefault(quota)).length ===
        listOf(ours.body, 'quotas').filter((quota) => !isAtDefault(quota)).length,
    example: [loadBalancer(), get('/quotas', [], { as: 'admin' })],
  },
  {
    id: 'quota-reset',
    covers: all(statuses(202, 404), request('DELETE', /\/quotas\/[^/]+$/)),
    example: [remove(`/quotas/${'e'.repeat(32)}`, { as: 'admin' })],
  },
  {
    id: 'quota-defaults',
    covers: all(
      request('GET', /\/quotas\/defaults$/),
      either(statuses(200, 403), field(/^\.quota\.(project|tenant)_id$/)),
    ),
    example: [get('/quotas/defaults')],
  },
  {
    id: 'capabilities',
    covers: ({ at }, { step, ours, upstream }) =>
      /^\.(flavor|availability_zone)_capabilities\.length$/.test(at) &&
      /_capabilities$/.test(step.path) &&
      listOf(upstream.body, at.split('.')[1] ?? '').filter((one) => !/sriov|volume_zone/.test(textOf(one))).length ===
        listOf(ours.body, at.split('.')[1] ?? '').length,
    example: [get('/providers/amphora/flavor_capabilities', [], { as: 'admin' })],
  },
  {
    id: 'unlimited-page',
    covers: all(
      field(/^\.\w+_links\.length$/),
      queries(/^limit$/, (value) => Number(value) < 1),
    ),
    example: [loadBalancer(), get('/loadbalancers', [['limit', '0']])],
  },
  {
    id: 'links-keep-query',
    covers: ({ at, ours, upstream }) =>
      /^\.\w+_links\.\*\.href$/.test(at) &&
      String(ours).split(/[?&]/).length > String(upstream).split(/[?&]/).length &&
      String(upstream)
        .split(/[?&]/)
        .every((part) => String(ours).includes(part)),
    example: [
      loadBalancer(),
      loadBalancer(),
      get('/loadbalancers', [
        ['limit', '1'],
        ['sort_key', 'created_at'],
        ['sort_dir', 'desc'],
      ]),
    ],
  },
  {
    id: 'tenant-id',
    covers: either(
      all(
        field(/\.tenant_id$/, (_ours, upstream) => upstream === undefined),
        queries(/^fields$/),
      ),
      all(statuses(undefined, 400), queries(/^tenant_id$/)),
    ),
    example: [get('/loadbalancers', [['tenant_id', PROJECT]])],
  },
  {
    id: 'amphora-role-first',
    covers: all(statuses(403, 404), request('GET', /\/amphorae\/[^/]+$/)),
    example: [{ method: 'GET', path: `/v2.0/octavia/amphorae/${MISSING_ID}` }],
  },
  {
    id: 'foreign-marker',
    covers: all(refused(400, /pagination marker/), queries(/^marker$/)),
    example: [
      loadBalancer({}, { as: 'stranger' }),
      get('/loadbalancers', [
        ['limit', '2'],
        ['marker', '«1»'],
      ]),
    ],
  },
  {
    id: 'reverse-without-marker',
    covers: all(
      lists,
      queries(/^page_reverse$/, (value) => value.toLowerCase() === 'true'),
      (_difference, { step }) => !step.query.some(([name]) => name === 'marker'),
    ),
    example: [
      loadBalancer(),
      loadBalancer(),
      get('/loadbalancers', [
        ['limit', '1'],
        ['page_reverse', 'True'],
      ]),
    ],
  },
  {
    id: 'page-reverse-words',
    covers: all(
      lists,
      queries(/^page_reverse$/, (value) => value !== 'True' && value.toLowerCase() === 'true'),
    ),
    example: [
      loadBalancer(),
      loadBalancer(),
      loadBalancer(),
      get('/loadbalancers', [
        ['limit', '1'],
        ['marker', '«3»'],
        ['page_reverse', 'true'],
      ]),
    ],
  },
  {
    id: 'system-scope',
    covers: all(request('GET', /./), statuses(undefined, 403), (_difference, { step }) => step.as === 'auditor'),
    example: [get('/loadbalancers', [], { as: 'auditor' })],
  },
  {
    id: 'empty-text-filter',
    covers: either(
      all(
        field(/^\.\w+\.length$/),
        queries(/^(name|description)$/, (value) => value === ''),
      ),
      all(
        lists,
        queries(/^sort(_key)?$/, (value) => /^name\b/.test(value)),
        (_difference, { ours, upstream }) => namedOnly(ours.body) === namedOnly(upstream.body),
      ),
    ),
    example: [loadBalancer(), get('/loadbalancers', [['description', '']])],
  },
  {
    id: 'column-filters',
    covers: all(
      request('GET', /s$/),
      says(new RegExp(`duplicate or invalid: (.*, )?(${COLUMNS})\\b`)),
      queries(new RegExp(`^(${COLUMNS})$`)),
    ),
    example: [loadBalancer(), get('/loadbalancers', [['enabled', 'true']])],
  },
  {
    id: 'path-405',
    covers: either(
      all(statuses(405, 400), request('POST', /\/[^/]+\/[^/]+$/)),
      all(statuses(405, 404), request('(POST|PATCH)', /\/[^/]+\/[^/]+$/)),
      all(statuses(405), request('(PUT|DELETE)', /\/\/|\/bogus$/)),
    ),
    example: [loadBalancer(), pool(), post('/pools/«2»', { pool: {} })],
  },
  {
    id: 'other-methods-of-root',
    covers: all(statuses(405, 200), request('(POST|PUT|DELETE|PATCH|TRACE)', /^\/$/)),
    example: [{ method: 'DELETE', path: '/' }],
  },
];
