import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../http/body.ts';
import { type Listening, listen } from '../http/listen.ts';
import { type Json, parseJson } from '../json.ts';
import type { Lambda } from './lambda.ts';

const BODY_LIMIT = 7 * 1024 * 1024;
const path = /^\/2015-03-31\/functions\/(?<name>[^/]+)\/invocations$/;

const failureOf = (reason: unknown): { status: number; headers: Record<string, string>; body: Json } => {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  if (error.name === 'ResourceNotFoundException') {
    return { status: 404, headers: { 'x-amzn-errortype': error.name }, body: { Message: error.message } };
  }
  const trace = (error.stack ?? '').split('\n');
  const body = { errorType: error.name, errorMessage: error.message, trace };
  return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body };
};

const answer = async (lambda: Lambda, request: IncomingMessage) => {
  const name = path.exec((request.url ?? '').split('?')[0] ?? '')?.groups?.name;
  if (request.method !== 'POST' || name === undefined) {
    return { status: 404, headers: {}, body: { Message: 'Only invocations are served here.' } };
  }
  try {
    const text = (await readBody(request, BODY_LIMIT)).toString('utf8');
    const payload = await lambda.invoke(decodeURIComponent(name).split(':').at(-1) ?? '', parseJson(text || '{}'));
    return { status: 200, headers: {}, body: payload };
  } catch (reason) {
    return failureOf(reason);
  }
};

/** Lambda's Invoke over HTTP, for a Step Functions that runs elsewhere (AWS's own Step Functions Local). */
export const startLambdaEndpoint = (lambda: Lambda, host: string, port: number): Promise<Listening> => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, headers, body } = await answer(lambda, request);
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': bytes.length });
    response.end(bytes);
  };
  return listen({
    host,
    port,
    handle: (request, response) => {
      handle(request, response).catch(() => response.destroy());
    },
  });
};
