import type { Answer, Call } from '../http/router.ts';
import { badRequest, notFound } from './problems.ts';

const CONTROL = new Set(['limit', 'marker', 'fields', 'sort_key', 'sort_dir', 'page_reverse']);

/** What Neutron calls one of a list, in its errors. */
const TYPES: Readonly<Record<string, string>> = {
  ports: 'Port',
  networks: 'Network',
  subnets: 'Subnet',
  security_groups: 'SecurityGroup',
  security_group_rules: 'SecurityGroupRule',
  policies: 'QosPolicy',
};

type View = Readonly<Record<string, unknown>>;

const holds = (value: unknown, wanted: string): boolean => {
  if (typeof value === 'boolean') return String(value) === wanted.toLowerCase();
  if (Array.isArray(value)) return value.some((item) => holds(item, wanted));
  return String(value ?? '') === wanted;
};

const isFixedIps = (value: unknown): value is readonly Record<string, string>[] => Array.isArray(value);

/** `subnet_id=x` and `ip_address=y` of one query must hold for the same port, not for the same address. */
const holdsFixedIps = (value: unknown, wanted: readonly string[]): boolean =>
  isFixedIps(value) &&
  wanted.every((pair) => {
    const [key = '', text = ''] = pair.split('=');
    return value.some((fixedIp) =>
      key === 'ip_address_substr' ? fixedIp.ip_address?.includes(text) : fixedIp[key] === text,
    );
  });

const matches = (view: View, query: URLSearchParams): boolean => {
  for (const key of new Set(query.keys())) {
    if (CONTROL.has(key)) continue;
    const wanted = query.getAll(key);
    const held = key === 'fixed_ips' ? holdsFixedIps(view[key], wanted) : wanted.some((text) => holds(view[key], text));
    if (!held) return false;
  }
  return true;
};

/** The attributes asked for by `fields`. */
export const pick = (view: View, query: URLSearchParams): View => {
  const fields = query.getAll('fields');
  if (fields.length === 0) return view;
  return Object.fromEntries(Object.entries(view).filter(([key]) => fields.includes(key)));
};

const refuseUnknownFilters = (attributes: readonly string[], query: URLSearchParams): void => {
  const unknown = [...query.keys()].filter((key) => !CONTROL.has(key) && !attributes.includes(key));
  if (unknown.length > 0)
    throw badRequest(`[${unknown.map((key) => `'${key}'`).join(', ')}] is invalid attribute for filter`);
};

/** A list as Neutron answers it: filters by attribute, `fields`, and pages with `limit` and `marker` in order of id. A marker that is gone is 404. */
export const listed = (
  call: Call,
  collection: string,
  views: readonly View[],
  attributes: readonly string[],
): Answer => {
  const { query } = call;
  refuseUnknownFilters(attributes, query);
  const found = views
    .filter((view) => matches(view, query))
    .sort((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isInteger(limit) || limit < 0) throw badRequest(`Invalid input for limit. Reason: '${limit}'.`);
  const marker = query.get('marker');
  if (marker !== null && !views.some(({ id }) => id === marker)) {
    throw notFound(TYPES[collection] ?? collection, marker);
  }
  const start = marker === null ? 0 : found.findIndex((view) => view.id === marker) + 1;
  const page = limit === 0 ? found.slice(start) : found.slice(start, start + limit);
  const last = page.at(-1);
  const body: Record<string, unknown> = { [collection]: page.map((view) => pick(view, query)) };
  if (limit > 0 && page.length === limit && last !== undefined) {
    const next = new URLSearchParams(query);
    next.set('marker', String(last.id));
    body[`${collection}_links`] = [{ rel: 'next', href: `${call.serviceUrl}${call.path}?${next}` }];
  }
  return { status: 200, body };
};
