import * as z from 'zod';
import { type RequestBody, requestBodies } from '../../functions/api/openapi/request-bodies.ts';
import type { AnyRoute } from '../../functions/api/router.ts';

type Json = Readonly<Record<string, unknown>>;

const FAULT = {
  type: 'object',
  required: ['faultcode', 'faultstring', 'debuginfo'],
  properties: {
    faultcode: { type: 'string', enum: ['Client', 'Server'] },
    faultstring: { type: 'string', description: 'what is wrong, with the name of the field or the id of the object' },
    debuginfo: { type: 'null' },
  },
};

const queryParameter = (name: string, description: string, type = 'string'): Json => ({
  name,
  in: 'query',
  description,
  schema: { type },
});

/** What every list takes, besides a filter for each field of its objects. */
const LIST_PARAMETERS: readonly Json[] = [
  queryParameter('limit', 'objects on a page', 'integer'),
  queryParameter('marker', 'id of the last object of the page before'),
  queryParameter('page_reverse', 'True: the page before the marker', 'boolean'),
  queryParameter('sort', 'comma list of key or key:asc, key:desc'),
  queryParameter('fields', 'a field that is wanted; repeat it for more'),
  queryParameter('tags', 'comma list: objects with all of them'),
  queryParameter('tags-any', 'comma list: objects with one of them'),
  queryParameter('not-tags', 'comma list: objects without all of them'),
  queryParameter('not-tags-any', 'comma list: objects without any of them'),
];

/** By path, what else its query may say. */
const FURTHER: Readonly<Record<string, Json>> = {
  'DELETE /lbaas/loadbalancers/{id}': queryParameter('cascade', 'true: with everything below it', 'boolean'),
  'PUT /lbaas/pools/{pool_id}/members': queryParameter('additive_only', 'true: what is not named stays', 'boolean'),
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

/** `GET /lbaas/pools/{pool_id}/members/{id}` is `getLbaasPoolsByPoolIdMembersById`. */
const operationId = (method: string, path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map((part) =>
      part.replace(/^\{(.*)\}$/, 'by_$1').replaceAll(/[._-]+(.)/g, (_all, next: string) => next.toUpperCase()),
    )
    .reduce((name, part) => name + part.charAt(0).toUpperCase() + part.slice(1), method.toLowerCase());

const operationOf = ({ method, path, action }: AnyRoute): Json => {
  const taken = requestBodies[`${method} ${path}`];
  const isList = method === 'GET' && action?.endsWith(':get_all');
  const further = FURTHER[`${method} ${path}`];
  const parameters = [
    ...paramsOf(path),
    ...(isList ? LIST_PARAMETERS : []),
    ...(further === undefined ? [] : [further]),
    ...HEADERS,
    ...(method === 'POST' ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: operationId(method, path),
    ...(action === null ? { security: [] } : { description: `Policy: ${action}` }),
    parameters,
    ...(taken === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(taken) } } } }),
    responses: {
      '2XX': { description: method === 'GET' ? 'what was asked for' : 'done, or accepted and on its way' },
      '4XX': { $ref: '#/components/responses/Fault' },
      '5XX': { $ref: '#/components/responses/Fault' },
    },
  };
};

/** The description of the API (OpenAPI 3.1), made from its routes and from the schemas that check its requests. */
export const describeApi = (routes: readonly AnyRoute[]): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.action === null ? route.path : `/v2.0${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
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
      schemas: { Fault: FAULT },
      responses: {
        Fault: {
          description: 'refused, or failed',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
        },
      },
    },
  };
};

/** The description as a file: an operation a line, so that a change of one shows as a change of its line. */
export const descriptionText = (description: Json): string =>
  `${JSON.stringify(description, null, 1)
    .split('\n')
    .reduce((text, line) => (/^ {0,4}\S/.test(line) ? `${text}\n${line}` : text + line.trim()), '')
    .trimStart()}\n`;
