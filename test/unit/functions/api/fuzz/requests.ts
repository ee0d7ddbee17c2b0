import * as fc from 'fast-check';
import * as z from 'zod';
import { type RequestBody, requestBodies } from '../../../../../functions/api/openapi/request-bodies.ts';

/** The part of JSON Schema that zod writes for the API's fields. */
interface Schema {
  readonly type?: string | readonly string[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    anyOf: z.array(schema).optional(),
    enum: z.array(z.unknown()).optional(),
    items: schema.optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
  }),
);

/** Ids of things that exist, by what they are (`listener`, `pool`, ...), and of some that do not. */
export interface Ids {
  readonly known: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
}

export interface FuzzedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Method and path of the route it is meant for. */
  readonly route: string;
  readonly body?: unknown;
}

/** What any field may be given that no client should send. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', ' ', '\u0000', '\n', 'ſ'.repeat(300), -1, 0, 1.5, 2 ** 53, 1e300, null, [], {}, true),
);

/** Values that make sense to someone, whatever field they come in. */
const words = fc.constantFrom<unknown>(
  ...['10.0.0.9', '2001:db8::9', '10.0.0.0/8', '::/0', '/path', 'http://example.com/', '200-299', 'sid', 'x.example'],
  ...['X-Forwarded-For', '^/(a|b)+$', 'GET', '0', '80', 'true', 'nope', 1, 80, 65_535, 86_400, false],
);

const anyId = ({ known, unknown }: Ids): fc.Arbitrary<string> => fc.constantFrom(...Object.values(known), ...unknown);

/** Mostly the id of what is named: a pool's for `default_pool_id`. */
const idFor = (name: string, ids: Ids): fc.Arbitrary<string> => {
  const kind = Object.keys(ids.known).find((known) => name.endsWith(`${known}_id`));
  const right = kind === undefined ? undefined : ids.known[kind];
  if (right === undefined) return anyId(ids);
  return fc.oneof({ weight: 5, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: anyId(ids) });
};

/** Where words are not enough to get through. */
const EXAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  address: ['10.2.0.9', '10.2.0.10', '2001:db8::9'],
  protocol_port: [80, 443, 8080],
  delay: [5],
  timeout: [3],
  max_retries: [1, 3],
  url_path: ['/', '/health'],
  redirect_url: ['http://example.com/'],
  redirect_prefix: ['https://example.com'],
  value: ['/a', 'a.example'],
  insert_headers: [{}, { 'X-Forwarded-For': 'true' }, { 'X-Forwarded-Port': 'no' }],
  allowed_cidrs: [[], ['10.0.0.1'], ['10.0.0.0/8', '10.1.0.0/8']],
  default_tls_container_ref: [null],
  sni_container_refs: [[]],
  client_ca_tls_container_ref: [null],
  client_crl_container_ref: [null],
  client_authentication: ['NONE'],
  tls_container_ref: [null],
  ca_tls_container_ref: [null],
  crl_container_ref: [null],
  provider_name: ['amphora'],
  flavor_data: ['{}', '{"loadbalancer_topology": "SINGLE"}', '{"compute_flavor": "gone"}', '[1]', '{'],
  availability_zone_data: ['{}', '{"compute_zone": "east"}', '{"valid_vip_networks": ["a"]}', 'null', ''],
};

const ofType = (type: string, name: string, ids: Ids): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'number':
    case 'integer':
      return fc.oneof(fc.integer({ min: -2, max: 70_000 }), fc.constantFrom(1, 2, 5, 80));
    case 'null':
      return fc.constant(null);
    case 'string':
      return name.endsWith('_id') ? idFor(name, ids) : fc.oneof(words, fc.string({ maxLength: 20 }));
    default:
      return junk;
  }
};

const plausible = (of: Schema, name: string, ids: Ids): fc.Arbitrary<unknown> => {
  const examples = EXAMPLES[name];
  if (examples !== undefined)
    return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...examples) }, { weight: 1, arbitrary: words });
  if (of.enum !== undefined) return fc.constantFrom(...of.enum);
  if (of.anyOf !== undefined) return fc.oneof(...of.anyOf.map((one) => plausible(one, name, ids)));
  const { properties, items } = of;
  if (properties !== undefined) return fields(properties, of.required ?? [], ids);
  if (items !== undefined) return fc.array(plausible(items, name, ids), { maxLength: 3 });
  const types = of.type === undefined ? ['any'] : [of.type].flat();
  return fc.oneof(...types.map((type) => ofType(type, name, ids)));
};

const mostlyAbsent = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

/** Mostly what the fields are for; at times one is missing, is nonsense, or is none of them. */
const fields = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  ids: Ids,
): fc.Arbitrary<unknown> => {
  const known = Object.entries(properties).map(([name, of]) => {
    const value = fc.oneof({ weight: 40, arbitrary: plausible(of, name, ids) }, { weight: 1, arbitrary: junk });
    // `freq` n: absent once in n times.
    const given = required.includes(name) ? fc.option(value, { freq: 30, nil: undefined }) : mostlyAbsent(value);
    return [name, given] as const;
  });
  return fc
    .tuple(fc.record(Object.fromEntries(known)), rarely(fc.tuple(fc.string({ maxLength: 8 }), junk)))
    .map(([named, stray]) => {
      const given = Object.entries(named).filter(([, value]) => value !== undefined);
      return Object.fromEntries(stray === null ? given : [...given, stray]);
    });
};

const bodyOf = ({ wrapper, fields: wanted }: RequestBody, ids: Ids): fc.Arbitrary<unknown> => {
  const described = schema.parse(z.toJSONSchema(wanted, { io: 'input', unrepresentable: 'any' }));
  return fc.oneof(
    { weight: 15, arbitrary: plausible(described, wrapper, ids).map((inside) => ({ [wrapper]: inside })) },
    { weight: 1, arbitrary: junk },
  );
};

const segment = (id: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 16, arbitrary: id },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12 }).map(encodeURIComponent) },
    { weight: 1, arbitrary: fc.constantFrom('%00', '%E0%A4%A', '..', 'default') },
  );

/** `{id}` is that of what stands before it: of a listener in `/lbaas/listeners/{id}`. */
const nameOf = (part: string, before: string): string => {
  const singular = before
    .replace(/ies$/, 'y')
    .replace(/s$/, '')
    .replace(/^amphorae$/, 'amphora');
  const name = part === '{id}' ? singular : part.slice(1, -1);
  return name.endsWith('_id') ? name : `${name}_id`;
};

const pathOf = (pattern: string, ids: Ids): fc.Arbitrary<string> => {
  const parts = pattern.split('/');
  const arbitraries = parts.map((part, index) =>
    part.startsWith('{') ? segment(idFor(nameOf(part, parts[index - 1] ?? ''), ids)) : fc.constant(part),
  );
  return fc.tuple(...arbitraries).map((given) => given.join('/'));
};

const NAMES = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'fields', 'page_reverse', 'tags', 'not-tags-any'];
const FILTERS = ['name', 'project_id', 'provisioning_status', 'loadbalancer_id', 'vip_address', 'cascade', 'nonsense'];

const query = (ids: Ids): fc.Arbitrary<string> => {
  const value = fc.oneof(
    fc.constantFrom('', '0', '1', '-1', 'asc', 'desc', 'name:desc', 'True', ...Object.values(ids.known)),
    fc.string(),
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...NAMES, ...FILTERS), value), { maxLength: 4 })
    .map((pairs) => new URLSearchParams(pairs).toString());
};

/** Requests of every route, sensible and not. */
export const requests = (
  routes: readonly { readonly method: string; readonly path: string; readonly action: string | null }[],
  ids: Ids,
): fc.Arbitrary<FuzzedRequest> =>
  fc.oneof(
    ...routes.map(({ method, path, action }): fc.Arbitrary<FuzzedRequest> => {
      const route = `${method} ${path}`;
      const taken = requestBodies[route];
      const root = action === null && !/^\/(?:lbaas|octavia)$/.test(path) ? '' : '/v2.0';
      const asked = fc.tuple(
        pathOf(path, ids),
        fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: query(ids) }),
      );
      const where = asked.map(([at, by]) => (by === '' ? `${root}${at}` : `${root}${at}?${by}`));
      if (taken === undefined) return where.map((at) => ({ method, path: at, route }));
      return fc.tuple(where, bodyOf(taken, ids)).map(([at, body]) => ({ method, path: at, route, body }));
    }),
  );
