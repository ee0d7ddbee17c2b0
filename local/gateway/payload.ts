import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isObject, type Json } from '../json.ts';

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|[\w.+-]+\+json|[\w.+-]+\+xml))/;

const readHeaders = (request: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'cookie' || value === undefined) continue;
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
};

const readQuery = (search: URLSearchParams): Record<string, string> => {
  const query: Record<string, string> = {};
  for (const [name, value] of search) query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value;
  return query;
};

const two = (number: number): string => String(number).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const clock = (date: Date): string =>
  `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:` +
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;

/** The event of an HTTP API, payload format 2.0, for a request. */
export const toEvent = (
  request: IncomingMessage,
  body: Buffer,
  routeKey: string,
  parameters: Readonly<Record<string, string>>,
): APIGatewayProxyEventV2 => {
  const [rawPath = '/', ...rest] = (request.url ?? '/').split('?');
  const rawQueryString = rest.join('?');
  const headers = readHeaders(request);
  const query = readQuery(new URLSearchParams(rawQueryString));
  const isText = headers['content-encoding'] === undefined && TEXT.test(headers['content-type'] ?? 'text/plain');
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    headers,
    ...(request.headers.cookie ? { cookies: request.headers.cookie.split(/;\s*/) } : {}),
    ...(rawQueryString === '' ? {} : { queryStringParameters: query }),
    ...(Object.keys(parameters).length === 0 ? {} : { pathParameters: { ...parameters } }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: clock(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

const toBytes = (body: unknown, base64: boolean): Buffer => {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body, base64 ? 'base64' : 'utf8');
  return Buffer.from(JSON.stringify(body));
};

/** What a handler's answer means: an object with a statusCode as it is, anything else as the body of a 200. */
export const readAnswer = (answer: Json): Answer => {
  if (!isObject(answer) || answer.statusCode === undefined) {
    const body = toBytes(answer, false);
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(isObject(answer.headers) ? answer.headers : {})) {
    headers[name.toLowerCase()] = String(value);
  }
  const body = toBytes(answer.body, answer.isBase64Encoded === true);
  if (body.length > 0) headers['content-type'] ??= 'text/plain;charset=utf-8';
  return {
    status: Number(answer.statusCode),
    headers,
    cookies: Array.isArray(answer.cookies) ? answer.cookies.map(String) : [],
    body,
  };
};

/** Sends a handler's answer. */
export const send = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  const { status, headers, cookies, body } = answer;
  const empty = status === 204 || status === 304;
  response.writeHead(status, {
    ...headers,
    ...(cookies.length > 0 ? { 'set-cookie': [...cookies] } : {}),
    ...(empty ? {} : { 'content-length': String(body.length) }),
  });
  response.end(request.method === 'HEAD' || empty ? undefined : body);
};
