import * as z from 'zod';
import { dryRunShape } from '../../functions/api/dry-run/shape.ts';
import { answers, faultShape, otherFaults } from '../../functions/api/openapi/answers.ts';
import { type RequestBody, requestBodies } from '../../functions/api/openapi/request-bodies.ts';
import { parametersOf, QUERY_PARAMETERS } from '../../functions/api/request/query.ts';
import { type AnyRoute, isPublic, isVersioned } from '../../functions/api/request/router.ts';

type Json = Readonly<Record<string, unknown>>;

const queryParameter = (name: string, description: string, type = 'string'): Json => ({
  name,
  in: 'query',
  description,
  schema: { type },
});

const FIELDS = queryParameter('fields', 'a field that is wanted, the others are left out; repeat it for more');

/** What every list takes, besides a filter for each field of its objects. */
const LIST_PARAMETERS: readonly Json[] = [
  queryParameter('limit', 'objects on a page', 'integer'),
  queryParameter('marker', 'id of the last object of the page before'),
  queryParameter('page_reverse', 'True: the page before the marker', 'boolean'),
  queryParameter('sort', 'comma list of key or key:asc, key:desc'),
  FIELDS,
  queryParameter('tags', 'comma list: objects with all of them'),
  queryParameter('tags-any', 'comma list: objects with one of them'),
  queryParameter('not-tags', 'comma list: objects without all of them'),
  queryParameter('not-tags-any', 'comma list: objects without any of them'),
];

/** What single lists take besides. */
const MORE_PARAMETERS: Readonly<Record<string, readonly Json[]>> = {
  'GET /lbaas/operations': [queryParameter('since', 'a time (ISO 8601): operations that were accepted then or later')],
};

const HEADERS: readonly Json[] = [
  {
    name: 'X-Openstack-Request-Id',
    in: 'header',
    description: 'taken over into records and logs',
    schema: { type: 'string' },
  },
];
const IDEMPOTENCY_KEY: Json = {
  name: 'X-Idempotency-Key',
  in: 'header',
  description: 'the same key and body again has no further effect, and the first answer',
  schema: { type: 'string', maxLength: 255 },
};

const paramsOf = (path: string): readonly Json[] =>
  [...path.matchAll(/\{(?<name>[a-z0-9_]+)\}/g)].map(({ groups }) => ({
    name: groups?.name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const schemaOf = ({ wrapper, fields }: RequestBody): Json => {
  const { $schema: _dialect, ...inside } = z.toJSONSchema(fields, { io: 'input', unrepresentable: 'any' });
  return { type: 'object', required: [wrapper], additionalProperties: false, properties: { [wrapper]: inside } };
};

/**
 * A reader of answers leaves alone what was not there yet when its code was written; and everything there is read-only.
 */
const asAnswer = ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
  delete jsonSchema.additionalProperties;
  delete jsonSchema.readOnly;
  // What a format says already, and what every number of JSON's keeps to.
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

const definitions = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The schema of an answer; what it refers to is added to the components. */
const answerSchema = (shape: z.ZodType, components: Map<string, Json>): unknown => {
  const { $schema: _dialect, $defs, ...inside } = z.toJSONSchema(shape, { unrepresentable: 'any', override: asAnswer });
  const moved = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [name, schema] of Object.entries(definitions.parse(moved($defs ?? {})))) {
    const { id: _id, ...without } = schema;
    components.set(name, without);
  }
  return moved(inside);
};

const answerOf = (description: string, shape: z.ZodType | null, components: Map<string, Json>): Json => ({
  description,
  ...(shape === null ? {} : { content: { 'application/json': { schema: answerSchema(shape, components) } } }),
});

const isReadOnly = (key: string): boolean => key.startsWith('GET') || key.startsWith('HEAD');

/** What is answered; `fields` makes an object of its schema a part of it. */
const responsesOf = (key: string, components: Map<string, Json>): Json => {
  const described = answers[key];
  if (described === undefined) throw new Error(`openapi/answers.ts does not say what ${key} answers`);
  const { status } = described;
  // Every field is there unless the query names some of them, which no schema can say: then all are optional.
  const body = key.startsWith('HEAD') ? null : (described.narrowed ?? described.body);
  const isRead = isReadOnly(key);
  const asked =
    described.narrowed === undefined
      ? 'what was asked for'
      : 'what was asked for; every field, or those that `fields` names';
  const done = isRead ? asked : 'done, or accepted and on its way';
  const ofDryRun = 'with dry_run: what would be done';
  return {
    ...(isRead || status === 200 ? {} : { 200: answerOf(ofDryRun, dryRunShape, components) }),
    [status]:
      isRead || status !== 200
        ? answerOf(done, body, components)
        : answerOf(`${done}; ${ofDryRun}`, z.union(body === null ? [dryRunShape] : [body, dryRunShape]), components),
    ...Object.fromEntries(
      Object.keys(otherFaults).map((status) => [status, { $ref: `#/components/responses/Fault${status}` }]),
    ),
    '4XX': { $ref: '#/components/responses/Fault' },
    '5XX': { $ref: '#/components/responses/Fault' },
  };
};

/** `GET /lbaas/pools/{pool_id}/members/{id}` is `getLbaasPoolsByPoolIdMembersById`. */
const operationId = (method: string, path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map((part) =>
      part.replace(/^\{(.*)\}$/, 'by_$1').replaceAll(/[._-]+(.)/g, (_all, next: string) => next.toUpperCase()),
    )
    .reduce((name, part) => name + part.charAt(0).toUpperCase() + part.slice(1), method.toLowerCase());

const operationOf = (route: AnyRoute, components: Map<string, Json>): Json => {
  const { method, path, action } = route;
  const key = `${method} ${path}`;
  const taken = requestBodies[key];
  const isList = method === 'GET' && action?.endsWith(':get_all');
  const isShow = method === 'GET' && !isList && answers[key]?.narrowed !== undefined;
  const parameters = [
    ...paramsOf(path),
    ...(isList ? LIST_PARAMETERS : []),
    ...(MORE_PARAMETERS[key] ?? []),
    ...(isShow ? [FIELDS] : []),
    ...(parametersOf(route) ?? []).map((name) => queryParameter(name, QUERY_PARAMETERS[name], 'boolean')),
    ...HEADERS,
    ...(method === 'POST' ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: operationId(method, path),
    ...(isPublic(route) ? { security: [] } : {}),
    ...(action === null ? {} : { description: `Policy: ${action}` }),
    parameters,
    ...(taken === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(taken) } } } }),
    responses: responsesOf(key, components),
  };
};

const REFUSALS: Readonly<Record<string, string>> = {
  401: 'the token is missing, or not valid',
  404: 'the object, or the path, is not there',
  405: 'the path has other methods',
  406: 'the Accept header takes no JSON',
  413: 'the body is too large',
};

/**
 * The description of the API (OpenAPI 3.1), made from its routes, from the schemas that check its requests, and from the
 * shapes of its answers.
 */
export const describeApi = (routes: readonly AnyRoute[]): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  const components = new Map<string, Json>();
  for (const route of routes) {
    const path = isVersioned(route) ? `/v2.0${route.path}` : route.path;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Load Balancer API',
      version: 'v2',
      description: 'The Octavia v2 API. Every path below /v2.0 is also there below /v2.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      responses: {
        Fault: answerOf(
          'refused, or failed',
          z.lazy(() => faultShape),
          components,
        ),
        ...Object.fromEntries(
          Object.entries(otherFaults).map(([status, shape]) => [
            `Fault${status}`,
            answerOf(REFUSALS[status] ?? 'refused', shape, components),
          ]),
        ),
      },
      schemas: Object.fromEntries([...components].sort(([left], [right]) => (left < right ? -1 : 1))),
    },
  };
};

/** The description as a file: an operation a line, so that a change of one shows as a change of its line. */
export const descriptionText = (description: Json): string =>
  `${JSON.stringify(description, null, 1)
    .split('\n')
    .reduce((text, line) => (/^ {0,4}\S/.test(line) ? `${text}\n${line}` : text + line.trim()), '')
    .trimStart()}\n`;
